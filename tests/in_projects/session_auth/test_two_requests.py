"""Requests of one user at the same time, with each backend of sessions."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from accounts.services import passwords, sign_ins
from tests.session_auth.conftest import (
    COOKIE,
    Exists,
    change_email,
    change_password,
    is_signed_in,
    key_of,
    log_in,
)


def after(monkeypatch: pytest.MonkeyPatch, where: Any, name: str, do: Callable[[], Any]) -> None:
    """Call something immediately after a function was called."""
    genuine = getattr(where, name)

    def late(*arguments: Any, **options: Any) -> None:
        genuine(*arguments, **options)
        do()

    monkeypatch.setattr(where, name, late)


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


@pytest.mark.parametrize("reauthenticates", [False, True])
def test_upgrade_of_the_hash_signs_out_no_browser(
    exists: object, user: User, settings: Settings, reauthenticates: bool
) -> None:
    """A08: by a sign-in elsewhere, or by a reauthentication, whose user has the former hash."""
    browsers = [log_in(user), log_in(user)]
    before = User.objects.get().password
    better = "accounts.hashers.Argon2idPasswordHasher"
    settings.PASSWORD_HASHERS = [better, *settings.PASSWORD_HASHERS]

    if reauthenticates:
        assert change_email(browsers[0]).status_code == 302
    else:
        browsers.append(log_in(user))

    assert User.objects.get().password != before
    assert all(is_signed_in(browser) for browser in browsers)
