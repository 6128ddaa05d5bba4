"""Access tokens: where they are read, what they contain, and how long they are accepted."""

from typing import Any

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient
from rest_framework_simplejwt import tokens as simplejwt

from accounts.models import SignIn, User
from tests.attacks.api import forging
from tests.attacks.api.forging import made, with_claims
from tests.token_auth.api import (
    CREDENTIALS,
    ME,
    REFRESH,
    REVOKE,
    TOKEN,
    Pair,
    accepts_access,
    claims,
    refresh,
    refreshed,
    sign_in,
)
from token_auth import claims as own
from token_auth import tokens

TENANT = "https://example.com/tenant"


@pytest.mark.parametrize(
    ("query", "headers"),
    [
        ("?access_token={access}", {}),
        ("", {"Cookie": "access={access}; Authorization=Bearer {access}"}),
        ("", {"Authorization": "Bearer\t{access}"}),
        ("", {"Authorization": "Basic {access}"}),
        ("", {"Authorization": "Bearer {refresh}"}),
    ],
    ids=["query", "cookie", "tab", "scheme", "refresh token"],
)
def test_token_elsewhere_or_in_another_form_is_refused(
    api: APIClient, pair: Pair, query: str, headers: dict[str, str]
) -> None:
    sent = {name: value.format(**pair) for name, value in headers.items()}

    response = api.get(ME + query.format(**pair), headers=sent)

    assert (response.status_code, response["WWW-Authenticate"]) == (401, 'Bearer realm="api"')
    assert set(response.json()) == {"detail", "code"}


def test_endpoint_with_the_credential_in_the_body_reads_no_header(
    api: APIClient, user: User
) -> None:
    api.credentials(HTTP_AUTHORIZATION="Bearer nonsense")

    pair = api.post(TOKEN, CREDENTIALS).json()
    assert api.post(REFRESH, {"refresh": pair["refresh"]}).status_code == 200
    assert api.post(REVOKE, {"refresh": pair["refresh"]}).status_code == 204


def test_extra_claims_are_in_access_tokens(
    user: User, pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    def extra_claims(sign_in: SignIn) -> dict[str, Any]:
        return {TENANT: sign_in.user.name}

    monkeypatch.setattr(own, "extra_claims", extra_claims)

    for found in (sign_in(user), refreshed(pair)):
        assert claims(found["access"])[TENANT] == "Ada"
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
        sign_in(user)


@pytest.mark.parametrize(
    "forgery",
    [
        forging.unsigned("none"),
        forging.rewritten(lambda head, body, end: f"{head}.{body}.{forging.loosened(end)}"),
        lambda header, claims: forging.signed([header], claims),
        with_claims(nbf=0.5),
        with_claims(sid="1"),
    ],
    ids=["unsigned", "loose bits", "header", "time", "id"],
)
def test_forged_token_is_refused(pair: Pair, forgery: forging.Forgery) -> None:
    for forge, accepted in ((forgery, False), (forging.unchanged, True)):
        assert accepts_access({"access": made(forge, pair["access"])}) is accepted
        assert (refresh({"refresh": made(forge, pair["refresh"])}) is not None) is accepted


@pytest.mark.parametrize(
    ("client_id", "accepted"), [(tokens.CLIENT_ID, True), ("other", False), (None, False)]
)
def test_access_token_of_another_client_is_refused(
    pair: Pair, client_id: str | None, accepted: bool
) -> None:
    """B06, RFC 9068 section 2.2."""
    forged = made(with_claims(client_id=client_id), pair["access"])

    assert accepts_access({"access": forged}) is accepted


@pytest.mark.parametrize(("mode", "accepted"), [("database", False), ("cache", True)])
def test_access_token_of_another_user_than_its_sign_in_is_refused_by_the_database(
    pair: Pair, other: User, settings: Settings, mode: str, accepted: bool
) -> None:
    """A06: as docs/security-of-tokens.md says, the cache does not know the user of a sign-in."""
    settings.JWT_REVOCATION = mode
    forged = made(with_claims(sub=str(other.pk)), pair["access"])

    assert accepts_access({"access": forged}) is accepted
    assert accepts_access(pair)


@pytest.mark.parametrize(
    "kind", [simplejwt.AccessToken, simplejwt.SlidingToken, tokens.RefreshToken]
)
def test_for_user_names_the_function_to_use(user: User, kind: Any) -> None:
    """B08: it would return a token that nothing accepts."""
    with pytest.raises(TypeError, match=r"token_auth\.services\.obtain"):
        kind.for_user(user)
