"""A session ends with its sign-in, in every backend."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from io import StringIO
from typing import Any
from unittest.mock import Mock

import pytest
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import DatabaseError, InternalError, OperationalError, connection
from django.db.models import QuerySet
from django.test import Client, RequestFactory
from django.utils import timezone
from pytest_django import Settings
from time_machine import TimeMachineFixture

from accounts.models import SignIn, User
from accounts.services import passwords, sign_ins
from session_auth import sessions
from session_auth.models import BrowserSession
from tests.conftest import PASSWORD
from tests.session_auth import conftest as pages
from tests.session_auth.conftest import NEW, Exists, is_signed_in, key_of, log_in


@pytest.mark.parametrize(
    "end",
    [
        lambda _, browser: browser.post("/accounts/logout/"),
        lambda user, _: sign_ins.revoke_all(user),
        lambda user, _: user.delete(),
    ],
    ids=["signed out", "revoked", "user deleted"],
)
def test_ended_sign_in_deletes_its_session(
    exists: Exists, user: User, end: Callable[[User, Client], object]
) -> None:
    browser = log_in(user)
    key = key_of(browser)
    assert exists(key)

    end(user, browser)

    assert not exists(key)
    assert not is_signed_in(browser)


@pytest.mark.parametrize(
    ("reauthenticate", "field"),
    [(pages.change_password, "old_password"), (pages.change_email, "password")],
)
def test_reauthentication_changes_the_key(
    exists: Exists, user: User, reauthenticate: Callable[..., Any], field: str
) -> None:
    browser = log_in(user)
    key = key_of(browser)

    assert reauthenticate(browser, **{field: "wrong"}).status_code == 200
    assert key_of(browser) == key
    done = reauthenticate(browser)["Location"]

    assert browser.get(done).status_code == 200
    assert key_of(browser) != key
    assert not exists(key)
    assert BrowserSession.objects.get().session_key == key_of(browser)
    sign_ins.revoke_all(user)
    assert not exists(key_of(browser))


def test_sign_in_ended_while_the_password_is_changed_stays_ended(
    user: User, browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    change = passwords.change

    def change_late(user: User, new_password: str) -> None:
        change(user, new_password)
        sign_ins.revoke_all(user)

    monkeypatch.setattr(passwords, "change", change_late)
    pages.change_password(browser)
    assert not is_signed_in(browser)


@pytest.mark.parametrize("by_row", [True, False])
def test_deleting_the_link_to_a_session_revokes_the_sign_in(browser: Client, by_row: bool) -> None:
    """A04: deleting the session afterwards would no longer have revoked it."""
    link = BrowserSession.objects.get()
    assert str(link) == f"session of {SignIn.objects.get().pk}"

    (link if by_row else BrowserSession.objects.all()).delete()

    assert not is_signed_in(browser)
    assert not SignIn.objects.filter(revoked_at=None).exists()


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


def test_session_signed_with_a_former_secret_is_signed_again(
    browser: Client, settings: Settings
) -> None:
    settings.SECRET_KEY_FALLBACKS = ["foreign", settings.SECRET_KEY]
    settings.SECRET_KEY = "another-" + "y" * 60
    assert is_signed_in(browser)

    settings.SECRET_KEY_FALLBACKS = []
    assert is_signed_in(browser)


def test_housekeeping_deletes_expired_sessions(browser: Client, user: User) -> None:
    Session.objects.update(expire_date=timezone.now())
    other, out = log_in(user), StringIO()

    call_command("clean_up", stdout=out)

    assert "Deleted 1 expired sessions." in out.getvalue()
    assert (is_signed_in(browser), is_signed_in(other)) == (False, True)


def test_upgrade_of_the_hash_restores_no_session_that_ended_meanwhile(
    user: User, browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(SessionStore, "save", Mock(side_effect=UpdateError))
        sessions.keep_signed_in(user, user.password)
    # Not `objects`, whose update would revoke the sign-ins.
    rows: QuerySet[User] = QuerySet(User)
    rows.update(password=make_password(NEW))

    sessions.keep_signed_in(User.objects.get(), "the hash of another password")

    assert not is_signed_in(browser)


def test_use_is_stored_once_a_minute(user: User, clock: TimeMachineFixture) -> None:
    now, browser = timezone.now(), log_in(user)
    for seconds, stored in ((59, 0), (60, 60), (119, 60), (120, 120)):
        clock.move_to(now + timedelta(seconds=seconds))
        assert is_signed_in(browser)
        assert SignIn.objects.get().last_used_at == now + timedelta(seconds=stored)


def stores_no_session(error: type[DatabaseError]) -> AbstractContextManager[None]:
    """Let the database fail in the block whenever a session is stored."""

    def fail(execute: Callable[..., Any], sql: str, *arguments: Any) -> Any:
        if sql.startswith('UPDATE "django_session"'):
            raise error
        return execute(sql, *arguments)

    return connection.execute_wrapper(fail)


@pytest.mark.parametrize("engine", ["django.contrib.sessions.backends.db", "session_auth.engine"])
@pytest.mark.parametrize("error", [OperationalError, InternalError])
def test_failing_database_signs_no_one_out(
    user: User,
    clock: TimeMachineFixture,
    settings: Settings,
    engine: str,
    error: type[DatabaseError],
) -> None:
    """The connection is lost, or the server has become a replica that only reads."""
    settings.SESSION_ENGINE = engine
    browser = log_in(user)
    clock.shift(60)

    with stores_no_session(error), pytest.raises(error):
        browser.get("/")

    assert is_signed_in(browser)


def test_failing_database_during_an_upgrade_of_the_hash_signs_no_one_out(
    user: User, browser: Client, settings: Settings
) -> None:
    settings.PASSWORD_HASHERS = [
        "accounts.hashers.Argon2idPasswordHasher",
        *settings.PASSWORD_HASHERS,
    ]

    with stores_no_session(OperationalError), pytest.raises(OperationalError):
        user.check_password(PASSWORD)

    assert is_signed_in(browser)
    assert User.objects.get().check_password(PASSWORD)
    assert is_signed_in(browser)
