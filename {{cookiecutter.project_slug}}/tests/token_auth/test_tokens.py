"""Claims of tokens, and what simplejwt documents about tokens."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient
from rest_framework_simplejwt import tokens as simplejwt
from time_machine import TimeMachineFixture

from accounts.models import SignIn, User
from tests.attacks.api.forging import made, with_claims
from tests.token_auth.api import (
    REFRESH,
    REVOKE,
    Pair,
    accepts_access,
    claims,
    refresh,
    refreshed,
    sign_in,
)
from token_auth import claims as own
from token_auth import revocation, tokens

LEEWAY = 20
TENANT = "https://example.com/tenant"


def test_extra_claims_are_in_access_tokens(
    user: User, pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    def extra_claims(sign_in: SignIn) -> dict[str, Any]:
        return {TENANT: sign_in.user.email.partition("@")[2]}

    monkeypatch.setattr(own, "extra_claims", extra_claims)

    for found in (sign_in(user), refreshed(pair)):
        assert claims(found["access"])[TENANT] == "example.com"
        assert TENANT not in claims(found["refresh"])
        assert accepts_access(found)


def test_extra_claims_cannot_replace_claims_of_the_project(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own, "extra_claims", lambda _: {})
    pair = sign_in(user)
    assert {*claims(pair["access"]), *claims(pair["refresh"]), "nbf"} <= own.RESERVED
    monkeypatch.setattr(own, "extra_claims", lambda _: {"sub": "mine", "other": 1})

    with pytest.raises(ValueError, match=r"must not set sub\."):
        refresh(pair)


@pytest.mark.parametrize("path", [REFRESH, REVOKE])
def test_a_refresh_token_with_the_sub_of_another_user_is_refused(
    api: APIClient, pair: Pair, other: User, path: str
) -> None:
    """A06: the sign-in belongs to one user, and continues."""
    forged = made(with_claims(sub=str(other.pk)), pair["refresh"])

    assert api.post(path, {"refresh": forged}).status_code == 401
    assert refresh(pair)


@pytest.mark.parametrize(
    ("client_id", "accepted"), [(tokens.CLIENT_ID, True), ("other", False), (None, False)]
)
def test_an_access_token_of_another_client_is_refused(
    pair: Pair, client_id: Any, accepted: bool
) -> None:
    """B06, RFC 9068 section 2.2."""
    forged = made(with_claims(client_id=client_id), pair["access"])

    assert accepts_access({"access": forged}) is accepted


def test_the_database_mode_refuses_an_access_token_with_the_sub_of_another_user(
    pair: Pair, other: User, settings: Settings
) -> None:
    """A06."""
    settings.JWT_REVOCATION = "database"
    forged = made(with_claims(sub=str(other.pk)), pair["access"])

    assert not accepts_access({"access": forged})
    assert accepts_access(pair)


@pytest.mark.parametrize(
    "kind", [simplejwt.AccessToken, simplejwt.SlidingToken, tokens.RefreshToken]
)
def test_for_user_names_the_function_to_use(user: User, kind: Any) -> None:
    """B08: it would return a token that nothing accepts."""
    with pytest.raises(TypeError, match=r"token_auth\.services\.obtain"):
        kind.for_user(user)


@pytest.mark.parametrize(
    ("leeway", "late", "accepted"),
    [(LEEWAY, LEEWAY - 1, True), (LEEWAY, LEEWAY, False), (0, 0, False)],
)
def test_leeway_is_honored(
    settings: Settings,
    clock: TimeMachineFixture,
    pair: Pair,
    leeway: int,
    late: int,
    accepted: bool,
) -> None:
    """B08."""
    settings.SIMPLE_JWT = {**settings.SIMPLE_JWT, "LEEWAY": timedelta(seconds=leeway)}

    clock.shift(pair["expires_in"] + late)

    assert accepts_access(pair) is accepted


def test_leeway_keeps_revocation_entries_for_longer(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B08: a revoked token is not accepted again by the leeway."""
    timeouts: list[int] = []
    recorder = SimpleNamespace(set_many=lambda _, timeout: timeouts.append(timeout))
    monkeypatch.setattr(revocation, "cache", recorder)
    for seconds in (0, 600):
        settings.SIMPLE_JWT = {**settings.SIMPLE_JWT, "LEEWAY": seconds}
        revocation.revoke([uuid4()])

    assert timeouts[1] == timeouts[0] + 600
