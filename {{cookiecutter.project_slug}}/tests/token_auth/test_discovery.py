"""Documents with which other services discover the issuer, its keys and its endpoints."""

import jwt
import pytest
from django.urls import resolve
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import User
from tests.token_auth.api import claims, sign_in
from tests.token_auth.signing import ASYMMETRIC, material

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
def test_documents_are_public_and_cacheable(api: APIClient, path: str) -> None:
    response = api.get(path, headers={"Authorization": "Bearer nonsense"})

    assert (response.status_code, response["Content-Type"]) == (200, "application/json")
    assert response["Cache-Control"] == "public, max-age=300"


def test_key_set_has_each_public_key_and_no_secret(api: APIClient, settings: Settings) -> None:
    assert api.get(JWKS).json() == {"keys": []}
    settings.JWT_SIGNING_KEYS = {name: material(name) for name in ("HS256", *MEMBERS)}

    found = api.get(JWKS).json()["keys"]

    assert [key["kid"] for key in found] == list(MEMBERS)
    for key in found:
        assert (key["alg"], key["use"]) == (key["kid"], "sig")
        assert set(key) == MEMBERS[key["alg"]] | {"kid", "alg", "use"}


@pytest.mark.parametrize("algorithm", ASYMMETRIC)
def test_published_key_verifies_access_tokens_and_the_audience_excludes_refresh_tokens(
    user: User, api: APIClient, settings: Settings, algorithm: str
) -> None:
    """B05, B06, RFC 9068 section 2.2: for libraries that ignore `typ`."""
    settings.JWT_SIGNING_KEYS = {"first": material(algorithm)}
    pair, key = sign_in(user), jwt.PyJWKSet.from_dict(api.get(JWKS).json())["first"]
    issuer = api.get(METADATA).json()["issuer"]
    expected = {"algorithms": [algorithm], "issuer": issuer, "audience": issuer}

    found = jwt.decode(pair["access"], key, **expected)

    assert {"iss", "exp", "aud", "client_id", "iat", "jti"} <= set(found)
    assert found == claims(pair["access"])
    with pytest.raises(jwt.InvalidAudienceError):
        jwt.decode(pair["refresh"], key, **expected)
