"""Services that discover issuer, keys and endpoints, and verify with nothing else."""

from typing import Any

import jwt
import pytest
from django.urls import resolve
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import User
from tests.token_auth.api import Pair, client, sign_in
from token_auth import keys

METADATA = "/.well-known/oauth-authorization-server"


@pytest.fixture
def metadata(api: APIClient) -> dict[str, Any]:
    found: dict[str, Any] = api.get(METADATA).json()
    return found


def test_metadata_has_what_rfc_8414_requires(metadata: dict[str, Any], settings: Settings) -> None:
    """B06, RFC 8414 sections 2 and 3.3: clients compare the issuer, and no list is empty."""
    assert metadata["issuer"] == settings.JWT_ISSUER
    assert {"response_types_supported", "token_endpoint", "jwks_uri"} <= set(metadata)
    assert not {"authorization_code", "implicit"} & set(metadata["grant_types_supported"])
    assert all(metadata.values())


def test_metadata_names_endpoints_that_exist(metadata: dict[str, Any], settings: Settings) -> None:
    names = {
        name: resolve(metadata[name].removeprefix(settings.PUBLIC_BASE_URL)).url_name
        for name in ("token_endpoint", "revocation_endpoint", "jwks_uri")
    }

    assert names == {
        "token_endpoint": "token",
        "revocation_endpoint": "token_revoke",
        "jwks_uri": "jwks",
    }


def test_metadata_may_be_cached_and_needs_no_credential(api: APIClient) -> None:
    response = api.get(METADATA, headers={"Authorization": "Bearer nonsense"})

    assert (response.status_code, response["Content-Type"]) == (200, "application/json")
    assert response["Cache-Control"] == "public, max-age=300"


@pytest.fixture(params=["RS256", "ES256", "EdDSA"])
def discovered(
    request: pytest.FixtureRequest, settings: Settings, user: User
) -> tuple[Pair, jwt.PyJWKSet, str]:
    """Tokens, and the keys and the issuer that another service has discovered."""
    settings.JWT_SIGNING_KEYS = {"first": keys.generate(request.param)}
    api = client()
    found = api.get(METADATA).json()
    path = found["jwks_uri"].removeprefix(settings.PUBLIC_BASE_URL)
    return sign_in(user), jwt.PyJWKSet.from_dict(api.get(path).json()), found["issuer"]


def verified(token: str, key_set: jwt.PyJWKSet, issuer: str) -> dict[str, Any]:
    """Verify as libraries do that look at no `typ`: key, issuer and audience."""
    key = key_set[jwt.get_unverified_header(token)["kid"]]
    return jwt.decode(token, key, algorithms=[key.algorithm_name], issuer=issuer, audience=issuer)


def test_another_service_accepts_an_access_token_with_the_claims_of_rfc_9068(
    discovered: tuple[Pair, jwt.PyJWKSet, str],
) -> None:
    """B06, RFC 9068 section 2.2."""
    pair, key_set, issuer = discovered

    found = verified(pair["access"], key_set, issuer)

    assert {"iss", "exp", "aud", "sub", "client_id", "iat", "jti"} <= set(found)


def test_another_service_refuses_a_refresh_token_by_its_audience(
    discovered: tuple[Pair, jwt.PyJWKSet, str],
) -> None:
    """B05: same key and same issuer, and the library looks at no `typ`."""
    pair, key_set, issuer = discovered

    with pytest.raises(jwt.InvalidAudienceError):
        verified(pair["refresh"], key_set, issuer)
