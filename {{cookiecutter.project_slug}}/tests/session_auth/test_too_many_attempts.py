"""Rate limits of every page that takes a password or sends an email."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import User
from accounts.services import rate_limits
from tests.conftest import PASSWORD, UnreachableCache
from tests.session_auth.conftest import (
    ADMIN,
    LOGIN,
    NEW,
    change_email,
    change_password,
    is_signed_in,
    open_reset_form,
    recipients,
    request_reset,
    reset_password,
)

LIMIT, SECONDS = settings.RATE_LIMITS["account_and_ip"]
Show = Callable[[Client, str], Any]


def attempt(email: str, password: str, path: str = LOGIN, **headers: str) -> Any:
    return Client().post(path, {"username": email, "password": password}, headers=headers)


def at_sign_in(_: Client, password: str) -> Any:
    return attempt("ada@example.com", password)


def for_the_admin(_: Client, password: str) -> Any:
    path = Client().get(f"{ADMIN}login/?next={ADMIN}")["Location"]
    return attempt("ada@example.com", password, path)


def to_change_it(browser: Client, password: str) -> Any:
    return change_password(browser, old_password=password)


def to_change_the_email(browser: Client, password: str) -> Any:
    return change_email(browser, password=password)


WAYS = [at_sign_in, for_the_admin, to_change_it, to_change_the_email]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("failures", "status"), [(LIMIT - 1, 302), (LIMIT, 429)])
def test_correct_password_is_refused_after_the_limit(
    browser: Client, way: Show, failures: int, status: int
) -> None:
    for _ in range(failures):
        assert way(browser, "wrong").status_code == 200

    response = way(browser, PASSWORD)

    assert response.status_code == status
    assert is_signed_in(browser)
    if status == 429:
        assert 0 < int(response["Retry-After"]) <= SECONDS
        assert "Too many attempts" in response.content.decode()


def test_refusal_is_the_same_without_an_account_or_with_forwarded_addresses(user: User) -> None:
    pages = set()
    for email in (user.email, "nobody@example.com"):
        for number in range(LIMIT):
            ip_address = f"198.51.100.{number}"
            headers = {"X-Forwarded-For": ip_address, "X-Real-IP": ip_address}
            assert attempt(email, "wrong", **headers).status_code == 200
        response = attempt(email, "wrong")
        assert response.status_code == 429
        pages.add(response.content)

    assert len(pages) == 1


def exhaust_network() -> None:
    for number in range(settings.RATE_LIMITS["ip"][0]):
        assert attempt(f"{number}@example.com", "wrong").status_code == 200
    assert attempt("another@example.com", "wrong").status_code == 429


def test_known_user_signs_in_where_others_exhausted_the_limit(browser: Client) -> None:
    """D01: the user of `browser` has signed in from there; no one else has."""
    exhaust_network()

    assert attempt("ada@example.com", PASSWORD).status_code == 302


def test_password_reset_restores_access_where_others_exhausted_the_limit(user: User) -> None:
    """D01: for a user who is new there."""
    exhaust_network()
    assert attempt(user.email, PASSWORD).status_code == 429
    request_reset(user.email)
    reset_password(*open_reset_form())

    assert attempt(user.email, NEW).status_code == 302
    assert attempt("another@example.com", "wrong").status_code == 429


def test_emails_to_one_address_are_limited(user: User) -> None:
    limit, _ = settings.RATE_LIMITS["mail_to"]
    for _ in range(limit):
        assert request_reset(user.email).status_code == 302

    assert request_reset(user.email).status_code == 429
    assert recipients() == [user.email] * limit
    assert attempt(user.email, PASSWORD).status_code == 302


def test_unreachable_cache_is_reported_as_unavailable(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rate_limits, "cache", UnreachableCache())

    response = attempt(user.email, PASSWORD)

    assert (response.status_code, response["Retry-After"]) == (429, "30")
    page = response.content.decode()
    assert "Temporarily unavailable" in page
    assert "Try again in 1 minute." in page
    assert not re.search("(?i)too many|password", page)
    monkeypatch.undo()
    assert attempt(user.email, PASSWORD).status_code == 302


def test_other_errors_are_server_errors(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(User, "save", fail)
    browser.raise_request_exception = False

    assert browser.post("/accounts/profile/", {"name": "Countess"}).status_code == 500
