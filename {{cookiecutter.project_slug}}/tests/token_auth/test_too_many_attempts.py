"""Rate limits of endpoints that take a password, a refresh token or an email address."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings as project_settings
from django.core.mail import EmailMessage
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import User
from accounts.services import rate_limits
from tests.conftest import PASSWORD, UnreachableCache
from tests.token_auth.api import (
    CREDENTIALS,
    EMAIL_CHANGE,
    EMAIL_RESEND,
    NEW_PASSWORD,
    PASSWORD_CHANGE,
    PASSWORD_CONFIRM,
    PASSWORD_RESET,
    REFRESH,
    TOKEN,
    Pair,
    accepts_access,
    client,
    mailed_link,
    refresh,
)

LIMIT, SECONDS = project_settings.RATE_LIMITS["account_and_ip"]

Enter = Callable[[APIClient, str], Any]


def to_sign_in(_: APIClient, password: str) -> Any:
    return client().post(TOKEN, CREDENTIALS | {"password": password})


def to_change_the_password(caller: APIClient, password: str) -> Any:
    body = {"current_password": password, "new_password": NEW_PASSWORD}
    return caller.post(PASSWORD_CHANGE, body)


def to_change_the_email(caller: APIClient, password: str) -> Any:
    return caller.post(EMAIL_CHANGE, {"email": "ada@example.org", "password": password})


WAYS = [to_sign_in, to_change_the_password, to_change_the_email]


def sign_in_as(email: str) -> int:
    response = client().post(TOKEN, {"email": email, "password": "wrong"})
    return int(response.status_code)


def reset_password() -> None:
    client().post(PASSWORD_RESET, {"email": CREDENTIALS["email"]})
    body = mailed_link("password_reset") | {"new_password": NEW_PASSWORD}
    assert client().post(PASSWORD_CONFIRM, body).status_code == 204


@pytest.mark.parametrize("way", WAYS)
def test_the_right_password_is_refused_after_too_many_wrong_ones_everywhere(
    pair: Pair, signed_in: APIClient, way: Enter
) -> None:
    for _ in range(LIMIT):
        assert way(signed_in, "wrong").status_code in {400, 401}

    for each in WAYS:
        response = each(signed_in, PASSWORD)
        assert (response.status_code, response.json()["code"]) == (429, "throttled")
        assert 0 < int(response["Retry-After"]) <= SECONDS
    assert accepts_access(pair)
    assert refresh(pair)


@pytest.mark.parametrize("way", WAYS)
def test_one_wrong_password_fewer_and_the_right_one_is_accepted(
    signed_in: APIClient, way: Enter
) -> None:
    for number in range(LIMIT - 1):
        WAYS[number % len(WAYS)](signed_in, "wrong")

    assert way(signed_in, PASSWORD).status_code in {200, 202, 204}


def test_no_one_is_blamed_while_the_cache_is_unreachable(
    user: User, api: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rate_limits, "cache", UnreachableCache())

    response = to_sign_in(api, PASSWORD)

    assert (response.status_code, response["Retry-After"]) == (429, "30")
    assert response.json()["code"] == "throttled"
    detail = "This service is temporarily unavailable. Try again in "
    assert response.json()["detail"].startswith(detail)
    monkeypatch.undo()
    assert to_sign_in(api, PASSWORD).status_code == 200


def test_an_unknown_account_is_limited_like_a_known_one(user: User) -> None:
    for email in (user.email, "nobody@example.com"):
        assert [sign_in_as(email) for _ in range(LIMIT + 1)] == [401] * LIMIT + [429]


def test_forwarded_ip_addresses_are_not_trusted(user: User, api: APIClient) -> None:
    for number in range(LIMIT):
        headers = {"X-Forwarded-For": f"198.51.100.{number}"}
        api.post(TOKEN, CREDENTIALS | {"password": "wrong"}, headers=headers)

    assert to_sign_in(api, PASSWORD).status_code == 429


def test_a_password_reset_ends_the_limit(user: User, api: APIClient) -> None:
    for _ in range(LIMIT):
        to_sign_in(api, "wrong")

    reset_password()

    assert to_sign_in(api, NEW_PASSWORD).status_code == 200


@pytest.mark.parametrize("known", [True, False])
def test_users_who_signed_in_or_reset_pass_where_others_exhausted_the_limit(
    user: User, api: APIClient, known: bool
) -> None:
    """D01: a user who is new there needs the email."""
    if known:
        assert to_sign_in(api, PASSWORD).status_code == 200
    for number in range(project_settings.RATE_LIMITS["ip"][0]):
        assert sign_in_as(f"{number}@example.com") == 401
    assert sign_in_as("another@example.com") == 429
    assert to_sign_in(api, PASSWORD).status_code == (200 if known else 429)

    reset_password()

    assert to_sign_in(api, NEW_PASSWORD).status_code == 200
    assert sign_in_as("another@example.com") == 429


def test_a_valid_refresh_token_works_after_invalid_ones_of_others(
    pair: Pair, api: APIClient, settings: Settings
) -> None:
    """D01: invalid refreshes of one client blocked everyone in the network."""
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"refreshes_from": (2, 60)}
    statuses = [api.post(REFRESH, {"refresh": "invalid"}).status_code for _ in range(3)]
    assert statuses == [401, 401, 429]

    assert refresh(pair)


@pytest.mark.parametrize("path", [PASSWORD_RESET, EMAIL_RESEND])
def test_emails_to_one_address_are_limited(
    user: User, api: APIClient, mailoutbox: list[EmailMessage], path: str
) -> None:
    User.objects.update(email_verified_at=None)
    limit, _ = project_settings.RATE_LIMITS["mail_to"]
    for _ in range(limit):
        assert api.post(path, {"email": user.email}).status_code == 202

    response = api.post(path, {"email": user.email.upper()})

    assert (response.status_code, response.json()["code"]) == (429, "throttled")
    assert len(mailoutbox) == limit
