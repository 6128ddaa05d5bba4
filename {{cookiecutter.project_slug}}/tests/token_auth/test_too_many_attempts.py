"""Every call that takes a password counts, and says so when it was too often."""

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
    REFRESH,
    TOKEN,
    Pair,
    accepts_access,
    client,
    parts_of_link,
    refresh,
)

LIMIT, SECONDS = project_settings.RATE_LIMITS["account_and_ip"]
NEW = "the tide comes in at six"

Show = Callable[[APIClient, str, str], Any]


def for_tokens(_: APIClient, email: str, password: str) -> Any:
    return client().post(TOKEN, {"email": email, "password": password})


def to_change_it(caller: APIClient, _: str, password: str) -> Any:
    body = {"current_password": password, "new_password": NEW}
    return caller.post("/api/auth/password/change/", body)


def to_move(caller: APIClient, _: str, password: str) -> Any:
    body = {"email": "ada@example.org", "password": password}
    return caller.post("/api/auth/email/change/", body)


WAYS = [for_tokens, to_change_it, to_move]


@pytest.mark.parametrize("way", WAYS)
def test_after_so_many_wrong_passwords_the_right_one_is_refused(
    user: User, pair: Pair, signed_in: APIClient, way: Show
) -> None:
    for _ in range(LIMIT):
        assert way(signed_in, user.email, "wrong").status_code in {400, 401}

    response = way(signed_in, user.email, PASSWORD)

    assert response.status_code == 429
    assert 0 < int(response["Retry-After"]) <= SECONDS
    assert response.json()["code"] == "throttled"
    assert accepts_access(pair)
    assert refresh(pair)


def test_nobody_is_blamed_while_the_cache_is_away(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rate_limits, "cache", UnreachableCache())

    response = for_tokens(client(), user.email, PASSWORD)

    assert (response.status_code, response["Retry-After"]) == (429, "30")
    assert response.json()["code"] == "throttled"
    assert response.json()["detail"].startswith(
        "This service is temporarily unavailable. Try again in "
    )
    monkeypatch.undo()
    assert for_tokens(client(), user.email, PASSWORD).status_code == 200


@pytest.mark.parametrize("way", WAYS)
def test_one_fewer_and_it_is_taken(user: User, signed_in: APIClient, way: Show) -> None:
    for _ in range(LIMIT - 1):
        way(signed_in, user.email, "wrong")

    assert way(signed_in, user.email, PASSWORD).status_code in {200, 202, 204}


def test_all_calls_share_one_budget(user: User, signed_in: APIClient) -> None:
    for number in range(LIMIT):
        WAYS[number % len(WAYS)](signed_in, user.email, "wrong")

    for way in WAYS:
        assert way(signed_in, user.email, PASSWORD).status_code == 429


def test_a_refusal_tells_nothing_of_the_account(user: User, api: APIClient) -> None:
    bodies = set()
    for email in (user.email, "nobody@example.com"):
        for _ in range(LIMIT):
            for_tokens(api, email, "wrong")
        response = for_tokens(api, email, "wrong")
        assert response.status_code == 429
        bodies.add(response.json()["code"])

    assert bodies == {"throttled"}


def test_forwarded_addresses_are_not_believed(user: User, api: APIClient) -> None:
    for number in range(LIMIT):
        body = {"email": user.email, "password": "wrong"}
        forged: dict[str, Any] = {"HTTP_X_FORWARDED_FOR": f"198.51.100.{number}"}
        api.post(TOKEN, body, **forged)

    assert for_tokens(api, user.email, PASSWORD).status_code == 429


def test_the_way_out_is_a_mail(user: User, api: APIClient, mailoutbox: list[Any]) -> None:
    for _ in range(LIMIT):
        for_tokens(api, user.email, "wrong")
    api.post("/api/auth/password/reset/", {"email": user.email})
    link = parts_of_link("password_reset", str(mailoutbox[0].body))

    api.post("/api/auth/password/reset/confirm/", link | {"new_password": NEW})

    assert for_tokens(api, user.email, NEW).status_code == 200


def exhaust_network(api: APIClient) -> None:
    for number in range(project_settings.RATE_LIMITS["ip"][0]):
        assert for_tokens(api, f"{number}@example.com", "wrong").status_code == 401
    assert for_tokens(api, "another@example.com", "wrong").status_code == 429


def test_known_user_signs_in_where_others_exhausted_the_limit(user: User, api: APIClient) -> None:
    """D01: the user has signed in from there; no one else has."""
    assert for_tokens(api, user.email, PASSWORD).status_code == 200
    exhaust_network(api)

    assert for_tokens(api, user.email, PASSWORD).status_code == 200


def test_password_reset_restores_access_where_others_exhausted_the_limit(
    user: User, api: APIClient, mailoutbox: list[Any]
) -> None:
    """D01: for a user who is new there."""
    exhaust_network(api)
    assert for_tokens(api, user.email, PASSWORD).status_code == 429
    api.post("/api/auth/password/reset/", {"email": user.email})
    link = parts_of_link("password_reset", str(mailoutbox[0].body))
    api.post("/api/auth/password/reset/confirm/", link | {"new_password": NEW})

    assert for_tokens(api, user.email, NEW).status_code == 200
    assert for_tokens(api, "another@example.com", "wrong").status_code == 429


def test_valid_refresh_token_works_after_invalid_ones_of_others(
    pair: Pair, api: APIClient, settings: Settings
) -> None:
    """D01: invalid refreshes of one client blocked everyone in the network."""
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"refreshes_from": (2, 60)}
    statuses = [api.post(REFRESH, {"refresh": "invalid"}).status_code for _ in range(3)]
    assert statuses == [401, 401, 429]

    assert refresh(pair)


@pytest.mark.parametrize("path", ["password/reset/", "email/verify/resend/"])
def test_mails_to_one_address_are_counted(
    user: User, api: APIClient, mailoutbox: list[Any], path: str
) -> None:
    User.objects.update(email_verified_at=None)
    limit, _ = project_settings.RATE_LIMITS["mail_to"]
    for _ in range(limit):
        assert api.post(f"/api/auth/{path}", {"email": user.email}).status_code == 202

    response = api.post(f"/api/auth/{path}", {"email": user.email.upper()})

    assert (response.status_code, response.json()["code"]) == (429, "throttled")
    assert len(mailoutbox) == limit
