"""Signing in by the API, its rate limits, and the list of a user's sign-ins."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import settings as project_settings
from pytest_django import Settings
from rest_framework.test import APIClient
from rest_framework_simplejwt.settings import api_settings

from accounts.models import SignIn, User
from accounts.services import authentication, rate_limits
from tests.conftest import UnreachableCache
from tests.token_auth import api as auth
from tests.token_auth.api import Pair, accepts_access, claims, client, is_dead, refreshed, sign_in
from token_auth.sign_in_views import SignInPagination
from token_auth.views import SIGN_IN_FAILED

LIMIT, SECONDS = project_settings.RATE_LIMITS["account_and_ip"]
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def id_of(pair: Pair) -> str:
    return str(claims(pair["access"])["sid"])


def listed(pair: Pair) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client(pair["access"]).get(auth.SIGN_INS).json()
    return found


def test_credentials_are_exchanged_for_the_tokens_of_a_listed_sign_in(
    api: APIClient, user: User
) -> None:
    agent: dict[str, Any] = {"HTTP_USER_AGENT": FIREFOX, "REMOTE_ADDR": "192.0.2.7"}

    response = api.post(auth.TOKEN, auth.CREDENTIALS, **agent)

    pair = response.json()
    assert (response.status_code, response["Cache-Control"]) == (200, "no-store")
    assert set(pair) == {"access", "refresh", "token_type", "expires_in"}
    lifetime = api_settings.ACCESS_TOKEN_LIFETIME
    assert (pair["token_type"], pair["expires_in"]) == ("Bearer", lifetime.total_seconds())
    (found,) = listed(pair)
    assert {"created_at", "last_used_at"} <= set(found)
    assert (found["kind"], found["device"]) == ("token", "Firefox on Linux")
    assert (found["ip_address"], found["current"]) == ("192.0.2.7", True)
    assert UUID(found["id"]) == UUID(id_of(pair))


@pytest.mark.parametrize("found", [False, True])
def test_every_refusal_is_the_same_also_after_the_password_was_checked(
    api: APIClient, user: User, monkeypatch: pytest.MonkeyPatch, found: bool
) -> None:
    monkeypatch.setattr(authentication, "authenticate", lambda **_: user if found else None)
    User.objects.update(password="changed meanwhile")

    response = api.post(auth.TOKEN, auth.CREDENTIALS)

    assert response.status_code == 401
    assert response.json() == {"detail": SIGN_IN_FAILED, "code": "invalid_credentials"}
    assert response["WWW-Authenticate"].startswith("Bearer")
    assert not SignIn.objects.exists()


def test_too_many_attempts_are_refused_with_the_time_to_wait(pair: Pair, api: APIClient) -> None:
    """E09: scripts of allowed origins can read that time and the request ID."""
    wrong = auth.CREDENTIALS | {"password": "wrong"}
    assert [api.post(auth.TOKEN, wrong).status_code for _ in range(LIMIT)] == [401] * LIMIT

    origin = project_settings.CORS_ALLOWED_ORIGINS[0]
    response = api.post(auth.TOKEN, auth.CREDENTIALS, headers={"Origin": origin})

    assert (response.status_code, response.json()["code"]) == (429, "throttled")
    assert 0 < int(response["Retry-After"]) <= SECONDS
    exposed = response["Access-Control-Expose-Headers"].lower()
    assert {"retry-after", "x-request-id"} <= set(exposed.split(", "))
    assert accepts_access(pair)
    assert auth.refresh(pair)


def test_client_is_not_blamed_while_the_cache_is_unreachable(
    user: User, api: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(rate_limits, "cache", UnreachableCache())
        response = api.post(auth.TOKEN, auth.CREDENTIALS)

    assert (response.status_code, response["Retry-After"]) == (429, "30")
    assert response.json()["code"] == "throttled"
    assert response.json()["detail"].startswith("This service is temporarily unavailable.")
    assert api.post(auth.TOKEN, auth.CREDENTIALS).status_code == 200


def test_valid_refresh_token_works_after_invalid_ones_of_others(
    pair: Pair, api: APIClient, settings: Settings
) -> None:
    """D01: invalid refreshes of one client blocked everyone in the network."""
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"refreshes_from": (2, 60)}
    statuses = [api.post(auth.REFRESH, {"refresh": "invalid"}).status_code for _ in range(3)]
    assert statuses == [401, 401, 429]

    assert auth.refresh(pair)


def test_many_sign_ins_are_listed_on_several_pages_of_which_one_has_the_current(
    user: User, pair: Pair, signed_in: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A11: each page is a list, and names the next one in a header."""
    monkeypatch.setattr(SignInPagination, "page_size", 2)
    for _ in range(2):
        sign_in(user)
    refreshed(pair)

    first, second = (signed_in.get(auth.SIGN_INS, {"page": number}) for number in (1, 2))

    found = [[row["current"] for row in page.json()] for page in (first, second)]
    assert found == [[True, False], [False]]
    assert first["Link"].endswith(f'{auth.SIGN_INS}?page=2>; rel="next"')
    assert "Link" not in second
    assert first.json() == signed_in.get(auth.SIGN_INS).json()
    assert signed_in.get(auth.SIGN_INS, {"page": "3"}).status_code == 404


def test_sign_in_that_is_revoked_or_anothers_is_not_found(
    user: User, other: User, pair: Pair, signed_in: APIClient
) -> None:
    revoked, stranger = sign_in(user), sign_in(other)
    assert signed_in.delete(f"{auth.SIGN_INS}{id_of(revoked)}/").status_code == 204

    assert len(listed(pair)) == 1
    for sid in (id_of(revoked), id_of(stranger), str(uuid4())):
        response = signed_in.delete(f"{auth.SIGN_INS}{sid}/")
        assert (response.status_code, response.json()["code"]) == (404, "not_found")
    assert accepts_access(pair)
    assert accepts_access(stranger)


def test_unknown_value_of_keep_keeps_nothing(pair: Pair, signed_in: APIClient) -> None:
    assert signed_in.delete(f"{auth.SIGN_INS}?keep=all").status_code == 204

    assert is_dead(pair)
