"""Public keys for other services, and nothing that is not public."""

import jwt
import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import User
from tests.token_auth.api import client, sign_in
from tests.token_auth.signing import material

JWKS = "/.well-known/jwks.json"
PUBLIC = {
    "RS256": {"kty", "n", "e"},
    "ES256": {"kty", "crv", "x", "y"},
    "EdDSA": {"kty", "crv", "x"},
}


@pytest.mark.parametrize("algorithm", PUBLIC)
def test_the_set_holds_the_public_half_and_no_more(
    api: APIClient, settings: Settings, algorithm: str
) -> None:
    settings.JWT_SIGNING_KEYS = {"new": material(algorithm)}

    (found,) = api.get(JWKS).json()["keys"]

    assert set(found) == PUBLIC[algorithm] | {"kid", "alg", "use"}
    assert (found["kid"], found["alg"], found["use"]) == ("new", algorithm, "sig")


def test_a_shared_secret_is_never_shown(api: APIClient) -> None:
    assert api.get(JWKS).json() == {"keys": []}


def test_every_key_that_verifies_is_there(api: APIClient, settings: Settings) -> None:
    settings.JWT_SIGNING_KEYS = {
        "a": material("EdDSA"),
        "secret": material("HS256"),
        "b": material("ES256"),
    }

    assert [key["kid"] for key in api.get(JWKS).json()["keys"]] == ["a", "b"]


@pytest.mark.parametrize("algorithm", PUBLIC)
def test_the_set_is_all_that_it_takes_to_verify(
    user: User, settings: Settings, algorithm: str
) -> None:
    settings.JWT_SIGNING_KEYS = {"new": material(algorithm)}
    token = sign_in(user)["access"]

    key = jwt.PyJWKSet.from_dict(client().get(JWKS).json())["new"]

    found = jwt.decode(
        token,
        key,
        algorithms=[algorithm],
        audience=settings.JWT_AUDIENCE,
        issuer=settings.JWT_ISSUER,
    )
    assert found["sub"] == str(user.pk)


def test_others_may_keep_the_set_for_a_while(api: APIClient) -> None:
    response = api.get(JWKS)

    assert response["Cache-Control"] == "public, max-age=300"
    assert response["Content-Type"] == "application/json"
    assert "Set-Cookie" not in response


def test_a_bad_header_is_not_read(api: APIClient) -> None:
    assert api.get(JWKS, HTTP_AUTHORIZATION="Bearer nonsense").status_code == 200
    assert api.post(JWKS, {}).status_code == 405
