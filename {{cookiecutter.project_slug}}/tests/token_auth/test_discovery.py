"""Services that discover issuer, keys and endpoints, and verify with nothing else."""

from typing import Any

import jwt
import pytest
from django.urls import resolve
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import User
from tests.token_auth.api import Pair, client, sign_in
from tests.token_auth.signing import material

METADATA = "/.well-known/oauth-authorization-server"
JWKS = "/.well-known/jwks.json"
MEMBERS = {
    "RS256": {"kty", "n", "e"},
    "ES256": {"kty", "crv", "x", "y"},
    "EdDSA": {"kty", "crv", "x"},
}


def test_metadata_has_what_rfc_8414_requires_and_names_endpoints_that_exist(
    api: APIClient, settings: Settings
) -> None:
    """B06, RFC 8414 sections 2 and 3.3: clients compare the issuer, and no list is empty."""
    metadata = api.get(METADATA).json()

    assert metadata["issuer"] == settings.JWT_ISSUER
    assert "response_types_supported" in metadata
    assert not {"authorization_code", "implicit"} & set(metadata["grant_types_supported"])
    assert all(metadata.values())
    names = {"token_endpoint": "token", "revocation_endpoint": "token_revoke", "jwks_uri": "jwks"}
    for name, view in names.items():
        path = metadata[name].removeprefix(settings.PUBLIC_BASE_URL)
        assert resolve(path).url_name == view


@pytest.mark.parametrize("path", [METADATA, JWKS])
def test_documents_are_public_cacheable_and_read_only(api: APIClient, path: str) -> None:
    response = api.get(path, headers={"Authorization": "Bearer nonsense"})

    assert (response.status_code, response["Content-Type"]) == (200, "application/json")
    assert response["Cache-Control"] == "public, max-age=300"
    assert "Set-Cookie" not in response
    assert api.post(path, {}).status_code == 405


def test_the_key_set_has_each_public_key_and_no_secret(api: APIClient, settings: Settings) -> None:
    assert api.get(JWKS).json() == {"keys": []}
    settings.JWT_SIGNING_KEYS = {name: material(name) for name in ("HS256", *MEMBERS)}

    found = api.get(JWKS).json()["keys"]

    assert [key["kid"] for key in found] == list(MEMBERS)
    for key in found:
        assert (key["alg"], key["use"]) == (key["kid"], "sig")
        assert set(key) == MEMBERS[key["alg"]] | {"kid", "alg", "use"}


@pytest.fixture(params=MEMBERS)
def discovered(
    request: pytest.FixtureRequest, settings: Settings, user: User
) -> tuple[Pair, jwt.PyJWKSet, str]:
    """Tokens, and the keys and the issuer that another service has discovered."""
    settings.JWT_SIGNING_KEYS = {"first": material(request.param)}
    found = client().get(METADATA).json()
    path = found["jwks_uri"].removeprefix(settings.PUBLIC_BASE_URL)
    return sign_in(user), jwt.PyJWKSet.from_dict(client().get(path).json()), found["issuer"]


def verified(token: str, key_set: jwt.PyJWKSet, issuer: str) -> dict[str, Any]:
    """Verify as libraries do that ignore `typ`: key, issuer and audience."""
    key = key_set[jwt.get_unverified_header(token)["kid"]]
    return jwt.decode(token, key, algorithms=[key.algorithm_name], issuer=issuer, audience=issuer)


def test_another_service_accepts_an_access_token_and_no_refresh_token(
    discovered: tuple[Pair, jwt.PyJWKSet, str], user: User
) -> None:
    """B05, B06, RFC 9068 section 2.2: the audience tells them apart."""
    pair, key_set, issuer = discovered

    found = verified(pair["access"], key_set, issuer)

    assert {"iss", "exp", "aud", "client_id", "iat", "jti"} <= set(found)
    assert found["sub"] == str(user.pk)
    with pytest.raises(jwt.InvalidAudienceError):
        verified(pair["refresh"], key_set, issuer)
