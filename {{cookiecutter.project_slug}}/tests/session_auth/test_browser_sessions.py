"""A session ends with its sign-in, in every backend."""

import asyncio
from collections.abc import Callable
from importlib import import_module
from io import StringIO
from typing import Any

import pytest
from django.conf import settings as project_settings
from django.contrib.auth.models import AnonymousUser
from django.core.management import call_command
from django.test import Client, RequestFactory
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import SignIn, User
from accounts.services import passwords, sign_ins, staff
from session_auth import sessions
from session_auth.middleware import SignInMiddleware
from session_auth.models import BrowserSession
from tests.conftest import PASSWORD
from tests.session_auth.conftest import SignIn as SignInBrowser
from tests.session_auth.conftest import is_signed_in

COOKIE = project_settings.SESSION_COOKIE_NAME
ENGINES = ["db", "cached_db", "cache"]
NEW = "the tide comes in at six"

ENDS: dict[str, Callable[[User], object]] = {
    "one": lambda user: sign_ins.revoke_one(user, SignIn.objects.get().pk),
    "all": sign_ins.revoke_all,
    "deactivated": staff.deactivate,
    "deleted": lambda user: user.delete(),
    "password": lambda user: passwords.change(user, NEW),
}


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, settings: Settings) -> Any:
    settings.SESSION_ENGINE = f"django.contrib.sessions.backends.{request.param}"
    return import_module(settings.SESSION_ENGINE)


@pytest.mark.parametrize("end", ENDS)
def test_an_ended_sign_in_deletes_its_session(
    engine: Any, user: User, sign_in: SignInBrowser, end: str
) -> None:
    browser = sign_in(user)
    key = browser.cookies[COOKIE].value
    assert engine.SessionStore().exists(key)

    ENDS[end](user)

    assert not engine.SessionStore().exists(key)
    assert not is_signed_in(browser)


@pytest.mark.parametrize(
    "key", ["a", "A" * 32, "a" * 31 + "-", "a" * 33, '"' + "a" * 31 + '\\000"']
)
def test_no_store_is_asked_for_what_is_no_key(
    engine: Any, db: None, django_assert_num_queries: DjangoAssertNumQueries, key: str
) -> None:
    browser = Client(headers={"cookie": f"{COOKIE}={key}"})
    with django_assert_num_queries(0):
        assert not is_signed_in(browser)


def test_signing_out_deletes_the_session(engine: Any, user: User, sign_in: SignInBrowser) -> None:
    browser = sign_in(user)
    key = browser.cookies[COOKIE].value

    browser.post("/accounts/logout/")

    assert not engine.SessionStore().exists(key)


def test_another_session_stays(engine: Any, user: User, sign_in: SignInBrowser) -> None:
    browser, other = sign_in(user), sign_in(user)

    sign_ins.revoke_one(user, SignIn.objects.earliest("created_at").pk)

    assert not is_signed_in(browser)
    assert is_signed_in(other)


def test_a_password_changed_in_a_browser_leaves_it_one_session(
    engine: Any, user: User, sign_in: SignInBrowser
) -> None:
    browser = sign_in(user)
    key = browser.cookies[COOKIE].value
    form = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}

    browser.post("/accounts/password_change/", form)

    assert browser.cookies[COOKIE].value != key
    assert not engine.SessionStore().exists(key)
    assert is_signed_in(browser)
    assert BrowserSession.objects.get().session_key == browser.cookies[COOKIE].value
    sign_ins.revoke_all(user)
    assert not engine.SessionStore().exists(browser.cookies[COOKIE].value)


def test_a_sign_in_ended_while_the_password_is_changed_stays_ended(
    user: User, browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    genuine = passwords.change

    def change(user: User, new_password: str) -> None:
        genuine(user, new_password)
        sign_ins.revoke_all(user)

    monkeypatch.setattr(passwords, "change", change)
    form = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}

    browser.post("/accounts/password_change/", form)

    assert not is_signed_in(browser)


def test_a_session_ended_while_it_is_at_work_is_not_saved_again(
    engine: Any, user: User, sign_in: SignInBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = sign_in(user)
    key = browser.cookies[COOKIE].value
    genuine = User.save

    def save(self: User, *arguments: Any, **options: Any) -> None:
        genuine(self, *arguments, **options)
        sign_ins.revoke_all(user)

    monkeypatch.setattr(User, "save", save)

    # The page leaves a message in the session.
    assert browser.post("/accounts/profile/", {"name": "Countess"}).status_code == 302

    assert not engine.SessionStore().exists(key)
    assert not is_signed_in(browser)


def test_the_sign_in_of_another_user_in_the_same_browser_ends(
    user: User, browser: Client, sign_in: SignInBrowser, staff: User
) -> None:
    sign_in(staff, browser=browser)

    assert not sign_ins.live(user).exists()
    assert sign_ins.live(staff).count() == 1


def test_a_sign_in_without_a_session_ends_as_well(user: User, browser: Client) -> None:
    BrowserSession.objects.all().delete()

    sign_ins.revoke_all(user)

    assert not is_signed_in(browser)


def test_a_binding_names_its_sign_in_and_not_its_key(browser: Client) -> None:
    found = BrowserSession.objects.get()

    assert str(found) == f"session of {SignIn.objects.get().pk}"


@pytest.mark.usefixtures("engine")
def test_a_session_signed_with_an_old_secret_is_signed_anew(
    user: User, sign_in: SignInBrowser, settings: Settings
) -> None:
    browser = sign_in(user)
    old, new = settings.SECRET_KEY, "another-" + "y" * 60
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = new, [old]
    assert is_signed_in(browser)

    settings.SECRET_KEY_FALLBACKS = []

    assert is_signed_in(browser)


@pytest.mark.usefixtures("engine")
def test_a_session_signed_with_a_foreign_secret_is_none(
    user: User, sign_in: SignInBrowser, settings: Settings
) -> None:
    browser = sign_in(user)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another-" + "y" * 60, ["foreign"]

    assert not is_signed_in(browser)


def test_housekeeping_deletes_expired_sessions(user: User, sign_in: SignInBrowser) -> None:
    from django.contrib.sessions.models import Session  # noqa: PLC0415 - not where it is not used

    browsers = [sign_in(user) for _ in range(3)]
    gone = [browser.cookies[COOKIE].value for browser in browsers[1:]]
    Session.objects.filter(pk__in=gone).update(expire_date=timezone.now())
    out = StringIO()

    call_command("clean_up", "--batch", "1", stdout=out)

    assert "Deleted 2 expired sessions." in out.getvalue()
    assert [is_signed_in(browser) for browser in browsers] == [True, False, False]


def test_asynchronous_code_gets_the_same_user(user: User, browser: Client) -> None:
    request = RequestFactory().get("/")
    request.session = browser.session
    SignInMiddleware(lambda _: None).process_request(request)  # type: ignore[arg-type]

    async def ask() -> object:
        return await request.auser()

    # The database of the test is open in this thread alone, so the user is looked up before.
    assert request.user == user
    assert asyncio.run(ask()) == user


def test_an_anonymous_session_has_no_sign_in(db: None, rf: RequestFactory) -> None:
    request = rf.get("/")
    request.session = Client().session

    assert sessions.current_sign_in_id(request) is None
    assert sessions.user_of(request.session) == AnonymousUser()
    sessions.revoke_sign_in(request)


def test_showing_the_password_again_changes_the_key(
    engine: Any, user: User, sign_in: SignInBrowser
) -> None:
    browser = sign_in(user)
    key = browser.cookies[COOKIE].value
    form = {"email": "ada@example.org", "password": PASSWORD}

    browser.post("/accounts/email_change/", form | {"password": "wrong"})
    assert browser.cookies[COOKIE].value == key
    assert browser.post("/accounts/email_change/", form).status_code == 302

    assert browser.cookies[COOKIE].value != key
    assert not engine.SessionStore().exists(key)
    assert is_signed_in(browser)
