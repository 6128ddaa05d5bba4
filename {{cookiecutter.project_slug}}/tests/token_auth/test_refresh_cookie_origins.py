"""Origins that may send the refresh cookie."""

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from tests.token_auth.api import ME, REFRESH, REVOKE, TOKEN
from token_auth.transport import PARAMETERS

COOKIE = "__Secure-refresh_token"
CSRF = "/api/auth/token/csrf/"
ALLOWED = "https://app.testserver"


@pytest.fixture(autouse=True)
def _in_a_cookie(settings: Settings) -> None:
    settings.JWT_REFRESH_COOKIE = True
    settings.CORS_ALLOWED_ORIGINS = [ALLOWED]


@pytest.mark.parametrize("path", [TOKEN, REFRESH, REVOKE, CSRF])
def test_allowed_origins_may_use_the_cookie(api: APIClient, path: str) -> None:
    """B04."""
    wanted = {"Access-Control-Request-Method": "POST", "Origin": ALLOWED}
    for answer in (api.options(path, headers=wanted), api.post(path, {}, headers=wanted)):
        assert answer["Access-Control-Allow-Origin"] == ALLOWED
        assert answer["Access-Control-Allow-Credentials"] == "true"
    assert (
        PARAMETERS[0].name.lower()
        in api.options(path, headers=wanted)["Access-Control-Allow-Headers"]
    )


@pytest.mark.parametrize("origin", ["https://evil.testserver", "null", "https://testserver"])
def test_other_origins_may_not_use_the_cookie(api: APIClient, origin: str) -> None:
    """B04."""
    answer = api.post(REFRESH, {}, headers={"Origin": origin})

    assert "Access-Control-Allow-Origin" not in answer
    assert "Access-Control-Allow-Credentials" not in answer


@pytest.mark.parametrize("path", [ME, "/.well-known/jwks.json", "/api/auth/password/reset/"])
def test_allowed_origins_send_no_cookie_elsewhere(api: APIClient, path: str) -> None:
    """B04."""
    answer = api.get(path, headers={"Origin": ALLOWED})

    assert answer["Access-Control-Allow-Origin"] == ALLOWED
    assert "Access-Control-Allow-Credentials" not in answer


def test_no_cookie_crosses_origins_where_tokens_travel_in_the_body(
    api: APIClient, settings: Settings
) -> None:
    """B04."""
    settings.JWT_REFRESH_COOKIE = False

    answer = api.post(REFRESH, {}, headers={"Origin": ALLOWED})

    assert answer["Access-Control-Allow-Origin"] == ALLOWED
    assert "Access-Control-Allow-Credentials" not in answer
