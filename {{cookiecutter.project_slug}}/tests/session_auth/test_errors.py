"""Errors that pages report: too many attempts, an outage, a deleted user."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.db import DatabaseError
from django.test import Client

from accounts.models import User
from accounts.services import passwords, rate_limits
from tests.conftest import PASSWORD, UnreachableCache
from tests.session_auth.conftest import LOGIN, change_email, change_password, is_signed_in

REAUTHENTICATE = "/accounts/reauthenticate/"
LIMIT, SECONDS = settings.RATE_LIMITS["account_and_ip"]


def sign_in(_: Client, password: str) -> Any:
    return Client().post(LOGIN, {"username": "ada@example.com", "password": password})


@pytest.mark.parametrize(
    "enter",
    [
        sign_in,
        lambda browser, password: change_password(browser, old_password=password),
        lambda browser, password: change_email(browser, password=password),
        lambda browser, password: browser.post(REAUTHENTICATE, {"password": password}),
    ],
    ids=["sign in", "change the password", "change the email", "reauthenticate"],
)
@pytest.mark.parametrize(("failures", "status"), [(LIMIT - 1, 302), (LIMIT, 429)])
def test_correct_password_is_refused_after_the_limit(
    browser: Client, enter: Callable[[Client, str], Any], failures: int, status: int
) -> None:
    for _ in range(failures):
        assert enter(browser, "wrong").status_code == 200

    response = enter(browser, PASSWORD)

    assert response.status_code == status
    assert is_signed_in(browser)
    if status == 429:
        assert 0 < int(response["Retry-After"]) <= SECONDS
        assert "Too many attempts" in response.content.decode()


def test_unreachable_cache_is_reported_as_unavailable(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rate_limits, "cache", UnreachableCache())

    response = sign_in(browser, PASSWORD)

    assert (response.status_code, response["Retry-After"]) == (429, "30")
    page = response.content.decode()
    assert "Temporarily unavailable" in page
    assert "Try again in 1 minute." in page
    assert not re.search("(?i)too many|password", page)
    monkeypatch.undo()
    assert sign_in(browser, PASSWORD).status_code == 302


def test_user_deleted_during_a_request_is_sent_to_sign_in(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    genuine = User.save

    def save_too_late(user: User, *arguments: Any, **options: Any) -> None:
        User.objects.filter(pk=user.pk).delete()
        genuine(user, *arguments, **options)

    monkeypatch.setattr(User, "save", save_too_late)

    response = browser.post("/accounts/profile/", {"name": "Countess"})

    assert response["Location"].startswith(LOGIN)
    assert not is_signed_in(browser)
    assert not User.objects.exists()


@pytest.mark.parametrize("error", [RuntimeError, DatabaseError])
def test_another_error_is_a_server_error(
    browser: Client, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(passwords, "request_reset", fail)

    for client in (browser, Client()):
        client.raise_request_exception = False
        response = client.post("/accounts/password_reset/", {"email": "ada@example.com"})
        assert response.status_code == 500
