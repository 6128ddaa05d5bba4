"""No credential is taken over plain HTTP."""

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import User
from tests.conftest import PASSWORD
from tests.token_auth.api import ME, REFRESH, REVOKE, TOKEN


@pytest.fixture(autouse=True)
def _as_in_production(settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True


@pytest.mark.parametrize("path", [TOKEN, REFRESH, REVOKE, ME, "/.well-known/jwks.json"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_a_call_over_plain_http_is_refused(
    db: None, api: APIClient, path: str, method: str
) -> None:
    response = api.generic(method, path, "{}", content_type="application/json")

    assert (response.status_code, response.json()["code"]) == (403, "https_required")
    assert "Strict-Transport-Security" not in response
    assert "Location" not in response


def test_over_https_it_is_taken(user: User, api: APIClient) -> None:
    body = {"email": user.email, "password": PASSWORD}

    assert api.post(TOKEN, body, secure=True).status_code == 200


def test_other_paths_are_redirected(db: None, api: APIClient) -> None:
    response = api.get("/nothing/")

    assert (response.status_code, response["Location"]) == (301, "https://testserver/nothing/")
