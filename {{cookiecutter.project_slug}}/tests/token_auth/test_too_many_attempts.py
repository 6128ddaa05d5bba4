"""Rate limits of endpoints that take a password or a refresh token."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings as project_settings
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import User
from accounts.services import rate_limits
from tests.conftest import PASSWORD, UnreachableCache
from tests.token_auth.api import (
    CREDENTIALS,
    EMAIL_CHANGE,
    NEW_PASSWORD,
    PASSWORD_CHANGE,
    REFRESH,
    TOKEN,
    Pair,
    accepts_access,
    client,
    refresh,
)

LIMIT, SECONDS = project_settings.RATE_LIMITS["account_and_ip"]


def sign_in(password: str, email: str = CREDENTIALS["email"]) -> int:
    response = client().post(TOKEN, {"email": email, "password": password})
    return int(response.status_code)


WAYS: list[Callable[[APIClient, str], Any]] = [
    lambda caller, password: caller.post(TOKEN, CREDENTIALS | {"password": password}),
    lambda caller, password: caller.post(
        PASSWORD_CHANGE, {"current_password": password, "new_password": NEW_PASSWORD}
    ),
    lambda caller, password: caller.post(
        EMAIL_CHANGE, {"email": "ada@example.org", "password": password}
    ),
]


@pytest.mark.parametrize("way", WAYS, ids=["sign-in", "password", "email"])
@pytest.mark.parametrize("limited", [False, True])
def test_wrong_passwords_at_any_endpoint_use_up_the_same_attempts(
    pair: Pair, signed_in: APIClient, way: Callable[[APIClient, str], Any], limited: bool
) -> None:
    for number in range(LIMIT if limited else LIMIT - 1):
        assert WAYS[number % len(WAYS)](signed_in, "wrong").status_code in {400, 401}

    response = way(signed_in, PASSWORD)

    if not limited:
        assert response.status_code in {200, 202, 204}
        return
    assert (response.status_code, response.json()["code"]) == (429, "throttled")
    assert 0 < int(response["Retry-After"]) <= SECONDS
    assert accepts_access(pair)
    assert refresh(pair)


def test_no_one_is_blamed_while_the_cache_is_unreachable(
    user: User, api: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rate_limits, "cache", UnreachableCache())

    response = api.post(TOKEN, CREDENTIALS)

    assert (response.status_code, response["Retry-After"]) == (429, "30")
    assert response.json()["code"] == "throttled"
    detail = "This service is temporarily unavailable. Try again in "
    assert response.json()["detail"].startswith(detail)
    monkeypatch.undo()
    assert sign_in(PASSWORD) == 200


def test_a_valid_refresh_token_works_after_invalid_ones_of_others(
    pair: Pair, api: APIClient, settings: Settings
) -> None:
    """D01: invalid refreshes of one client blocked everyone in the network."""
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"refreshes_from": (2, 60)}
    statuses = [api.post(REFRESH, {"refresh": "invalid"}).status_code for _ in range(3)]
    assert statuses == [401, 401, 429]

    assert refresh(pair)
