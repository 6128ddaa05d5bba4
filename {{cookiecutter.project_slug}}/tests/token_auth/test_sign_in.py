"""Signing in with an email address and a password, and the rate limits of it."""

from typing import Any

import pytest
from django.conf import settings as project_settings
from pytest_django import Settings
from rest_framework.test import APIClient
from rest_framework_simplejwt.settings import api_settings

from accounts.models import SignIn, User
from accounts.services import authentication, passwords, rate_limits, sign_ins
from tests.conftest import PASSWORD, UnreachableCache
from tests.token_auth.api import (
    CREDENTIALS,
    NEW_PASSWORD,
    REFRESH,
    TOKEN,
    Pair,
    accepts_access,
    refresh,
)
from token_auth.views import SIGN_IN_FAILED

LIMIT, SECONDS = project_settings.RATE_LIMITS["account_and_ip"]


def test_credentials_are_exchanged_for_the_tokens_of_a_sign_in(api: APIClient, user: User) -> None:
    sent_by: dict[str, Any] = {"REMOTE_ADDR": "192.0.2.7", "HTTP_USER_AGENT": "Phone/1"}

    response = api.post(TOKEN, CREDENTIALS, **sent_by)

    pair = response.json()
    assert (response.status_code, response["Cache-Control"]) == (200, "no-store")
    assert set(pair) == {"access", "refresh", "token_type", "expires_in"}
    lifetime = api_settings.ACCESS_TOKEN_LIFETIME
    assert (pair["token_type"], pair["expires_in"]) == ("Bearer", lifetime.total_seconds())
    assert accepts_access(pair)
    sign_in = SignIn.objects.get()
    assert (sign_in.user, sign_in.kind) == (user, "token")
    assert (sign_in.ip_address, sign_in.user_agent) == ("192.0.2.7", "Phone/1")


@pytest.mark.parametrize(
    ("state", "sent"),
    [
        ({}, {"password": PASSWORD + "!"}),
        ({}, {"email": "nobody@example.com"}),
        ({"is_active": False}, {}),
        ({"email_verified_at": None}, {}),
        ({"password": "!no password is set"}, {}),
    ],
    ids=["wrong password", "unknown", "inactive", "unverified", "no password"],
)
def test_every_refusal_is_the_same(
    api: APIClient, user: User, state: dict[str, Any], sent: dict[str, str]
) -> None:
    User.objects.update(**state)

    response = api.post(TOKEN, CREDENTIALS | sent)

    assert response.status_code == 401
    assert response.json() == {"detail": SIGN_IN_FAILED, "code": "invalid_credentials"}
    assert response["WWW-Authenticate"].startswith("Bearer")
    assert not SignIn.objects.exists()


def test_account_that_changes_after_the_password_was_checked_gets_no_sign_in(
    api: APIClient, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    genuine = authentication.authenticate

    def late(**arguments: Any) -> User | None:
        found = genuine(**arguments)
        passwords.change(User.objects.get(), NEW_PASSWORD)
        return found

    with monkeypatch.context() as patch:
        patch.setattr(authentication, "authenticate", late)
        response = api.post(TOKEN, CREDENTIALS)

    assert (response.status_code, response.json()["code"]) == (401, "invalid_credentials")
    assert not sign_ins.live(user).exists()
    assert api.post(TOKEN, CREDENTIALS | {"password": NEW_PASSWORD}).status_code == 200


def test_too_many_attempts_are_refused_with_the_time_to_wait(pair: Pair, api: APIClient) -> None:
    """E09: scripts of allowed origins can read that time and the request ID."""
    wrong = CREDENTIALS | {"password": "wrong"}
    assert [api.post(TOKEN, wrong).status_code for _ in range(LIMIT)] == [401] * LIMIT

    origin = project_settings.CORS_ALLOWED_ORIGINS[0]
    response = api.post(TOKEN, CREDENTIALS, headers={"Origin": origin})

    assert (response.status_code, response.json()["code"]) == (429, "throttled")
    assert 0 < int(response["Retry-After"]) <= SECONDS
    exposed = response["Access-Control-Expose-Headers"].lower()
    assert {"retry-after", "x-request-id"} <= set(exposed.split(", "))
    assert accepts_access(pair)
    assert refresh(pair)


def test_client_is_not_blamed_while_the_cache_is_unreachable(
    user: User, api: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(rate_limits, "cache", UnreachableCache())
        response = api.post(TOKEN, CREDENTIALS)

    assert (response.status_code, response["Retry-After"]) == (429, "30")
    assert response.json()["code"] == "throttled"
    assert response.json()["detail"].startswith("This service is temporarily unavailable.")
    assert api.post(TOKEN, CREDENTIALS).status_code == 200


def test_valid_refresh_token_works_after_invalid_ones_of_others(
    pair: Pair, api: APIClient, settings: Settings
) -> None:
    """D01: invalid refreshes of one client blocked everyone in the network."""
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"refreshes_from": (2, 60)}
    statuses = [api.post(REFRESH, {"refresh": "invalid"}).status_code for _ in range(3)]
    assert statuses == [401, 401, 429]

    assert refresh(pair)
