"""Claims that a team adds, and claims that belong to another user or client."""

from typing import Any

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

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
from token_auth.tokens import CLIENT_ID

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
    ("client_id", "accepted"), [(CLIENT_ID, True), ("other", False), (None, False)]
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
