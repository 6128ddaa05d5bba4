"""A session ends with its sign-in, in every backend."""

from collections.abc import Callable
from importlib import import_module
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command
from django.db.models import QuerySet
from django.test import Client, RequestFactory
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import SignIn, User
from accounts.services import passwords, sign_ins, staff
from session_auth import sessions
from session_auth.models import BrowserSession
from tests.session_auth.conftest import (
    COOKIE,
    NEW,
    change_email,
    change_password,
    is_signed_in,
    log_in,
)

Exists = Callable[[str], bool]
ENDS: dict[str, Callable[[User, Client], object]] = {
    "signed out": lambda _, browser: browser.post("/accounts/logout/"),
    "one": lambda user, _: sign_ins.revoke_one(user, SignIn.objects.earliest("created_at").pk),
    "all": lambda user, _: sign_ins.revoke_all(user),
    "deactivated": lambda user, _: staff.deactivate(user),
    "deleted": lambda user, _: user.delete(),
    "password": lambda user, _: passwords.change(user, NEW),
}


@pytest.fixture(params=["db", "cached_db", "cache", "file"])
def exists(request: pytest.FixtureRequest, settings: Settings, tmp_path: Path) -> Exists:
    """Use a backend, and return a function that says whether it holds a session key."""
    settings.SESSION_FILE_PATH = str(tmp_path)
    settings.SESSION_ENGINE = f"django.contrib.sessions.backends.{request.param}"
    found: Exists = import_module(settings.SESSION_ENGINE).SessionStore().exists
    return found


def key_of(browser: Client) -> str:
    return browser.cookies[COOKIE].value


@pytest.mark.parametrize("end", ENDS)
def test_ended_sign_in_deletes_its_session(exists: Exists, user: User, end: str) -> None:
    browser, other = log_in(user), log_in(user)
    key = key_of(browser)
    assert exists(key)

    ENDS[end](user, browser)

    assert not exists(key)
    assert not is_signed_in(browser)
    assert is_signed_in(other) is (end in {"signed out", "one"})


@pytest.mark.parametrize("key", ["a", "A" * 32, "a" * 33, '"' + "a" * 31 + '\\000"'])
def test_malformed_key_is_not_looked_up(
    exists: object, db: None, django_assert_num_queries: DjangoAssertNumQueries, key: str
) -> None:
    browser = Client(headers={"cookie": f"{COOKIE}={key}"})
    with django_assert_num_queries(0):
        assert not is_signed_in(browser)


@pytest.mark.parametrize(("engine", "queries"), [("cached_db", 1), ("cache", 1), ("db", 2)])
def test_page_of_a_signed_in_user_costs_as_few_queries_as_documented(
    user: User,
    settings: Settings,
    django_assert_num_queries: DjangoAssertNumQueries,
    engine: str,
    queries: int,
) -> None:
    settings.SESSION_ENGINE = f"django.contrib.sessions.backends.{engine}"
    browser = log_in(user)
    browser.get("/")
    with django_assert_num_queries(queries):
        assert is_signed_in(browser)


@pytest.mark.parametrize("reauthenticate", [change_password, change_email])
def test_reauthentication_changes_the_key(
    exists: Exists, user: User, reauthenticate: Callable[..., Any]
) -> None:
    browser = log_in(user)
    key = key_of(browser)
    wrong = "old_password" if reauthenticate is change_password else "password"

    assert reauthenticate(browser, **{wrong: "wrong"}).status_code == 200
    assert key_of(browser) == key
    assert reauthenticate(browser).status_code == 302

    assert key_of(browser) != key
    assert not exists(key)
    assert is_signed_in(browser)
    assert BrowserSession.objects.get().session_key == key_of(browser)
    sign_ins.revoke_all(user)
    assert not exists(key_of(browser))


def after(monkeypatch: pytest.MonkeyPatch, where: Any, name: str, do: Callable[[], Any]) -> None:
    """Have something happen right after a function has been called."""
    genuine = getattr(where, name)

    def late(*arguments: Any, **options: Any) -> None:
        genuine(*arguments, **options)
        do()

    monkeypatch.setattr(where, name, late)


def test_sign_in_ended_while_the_password_is_changed_stays_ended(
    user: User, browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    after(monkeypatch, passwords, "change", lambda: sign_ins.revoke_all(user))
    change_password(browser)
    assert not is_signed_in(browser)


def test_another_request_while_the_password_is_changed_ends_nothing(
    user: User, browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A02: a second tab, between the new password and the new key of the session."""
    tab = Client()
    tab.cookies[COOKIE] = key_of(browser)
    after(monkeypatch, passwords, "change", lambda: tab.get("/"))

    assert change_password(browser).status_code == 302

    assert is_signed_in(browser)
    assert sign_ins.live(user).count() == 1
    assert not is_signed_in(tab)


def test_session_ended_during_a_request_is_not_saved_again(
    exists: Exists, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = log_in(user)
    key = key_of(browser)
    after(monkeypatch, User, "save", lambda: sign_ins.revoke_all(user))

    # The page leaves a message in the session.
    assert browser.post("/accounts/profile/", {"name": "Countess"}).status_code == 302

    assert not exists(key)
    assert not is_signed_in(browser)


def test_session_without_a_binding_ends_with_its_sign_in(user: User, browser: Client) -> None:
    binding = BrowserSession.objects.get()
    assert str(binding) == f"session of {SignIn.objects.get().pk}"
    binding.delete()

    sign_ins.revoke_all(user)

    assert not is_signed_in(browser)


def test_session_without_a_sign_in_is_anonymous(browser: Client, rf: RequestFactory) -> None:
    session = browser.session
    del session["sign_in"]
    session.save()
    assert not is_signed_in(browser)

    request = rf.get("/")
    request.session = Client().session
    assert sessions.current_sign_in_id(request) is None
    assert sessions.user_of(request.session) == AnonymousUser()
    sessions.revoke_sign_in(request)
    assert SignIn.objects.get().revoked_at is None


@pytest.mark.parametrize("former", [True, False])
def test_session_signed_with_a_former_secret_is_signed_again(
    exists: object, user: User, settings: Settings, former: bool
) -> None:
    browser = log_in(user)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY if former else "foreign"]
    settings.SECRET_KEY = "another-" + "y" * 60
    assert is_signed_in(browser) is former

    settings.SECRET_KEY_FALLBACKS = []
    assert is_signed_in(browser) is former


def test_housekeeping_deletes_expired_sessions(user: User) -> None:
    from django.contrib.sessions.models import Session  # noqa: PLC0415 - not where it is not used

    browsers = [log_in(user) for _ in range(3)]
    expired = [key_of(browser) for browser in browsers[1:]]
    Session.objects.filter(pk__in=expired).update(expire_date=timezone.now())
    out = StringIO()

    call_command("clean_up", "--batch", "1", stdout=out)

    assert "Deleted 2 expired sessions." in out.getvalue()
    assert [is_signed_in(browser) for browser in browsers] == [True, False, False]


@pytest.mark.parametrize("reauthenticates", [False, True])
def test_upgrade_of_the_hash_signs_out_no_browser(
    exists: object, user: User, settings: Settings, reauthenticates: bool
) -> None:
    """A08: by a sign-in elsewhere, or by a reauthentication, whose user has the former hash."""
    browsers = [log_in(user), log_in(user)]
    before = User.objects.get().password
    new = "tests.accounts.test_password_hash.NewHasher"
    settings.PASSWORD_HASHERS = [new, *settings.PASSWORD_HASHERS]

    if reauthenticates:
        assert change_email(browsers[0]).status_code == 302
    else:
        browsers.append(log_in(user))

    assert User.objects.get().password != before
    assert all(is_signed_in(browser) for browser in browsers)


def test_password_changed_without_a_signal_ends_sessions(user: User, browser: Client) -> None:
    # Not `objects`, whose update would revoke the sign-ins.
    rows: QuerySet[User] = QuerySet(User)
    rows.update(password=make_password(NEW))

    sessions.keep_signed_in(User.objects.get(), "the hash of another password")

    assert not is_signed_in(browser)


def test_session_deleted_during_an_upgrade_of_the_hash_stays_deleted(
    user: User, browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def deleted(*_: object, **__: object) -> None:
        raise UpdateError

    monkeypatch.setattr(SessionStore, "save", deleted)

    sessions.keep_signed_in(user, user.password)
