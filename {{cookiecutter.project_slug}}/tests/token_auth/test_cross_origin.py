"""Requests by scripts of other origins."""

import pytest
from django.conf import settings
from rest_framework.test import APIClient

from accounts.models import User
from tests.token_auth.api import CREDENTIALS, ME, TOKEN

ORIGIN = settings.CORS_ALLOWED_ORIGINS[0]


@pytest.mark.parametrize("path", [TOKEN, ME])
def test_an_allowed_origin_may_send_tokens_and_json(api: APIClient, path: str) -> None:
    headers = {
        "Origin": ORIGIN,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization, content-type",
    }

    response = api.options(path, headers=headers)

    assert response.status_code == 200
    assert response["Access-Control-Allow-Origin"] == ORIGIN
    allowed = response["Access-Control-Allow-Headers"].split(", ")
    assert {"authorization", "content-type"} <= set(allowed)
    assert "Access-Control-Allow-Credentials" not in response
    response = api.get(path, headers={"Origin": f"{ORIGIN}.evil.example"})
    assert "Access-Control-Allow-Origin" not in response
    assert "origin" in response["Vary"]


def test_an_allowed_origin_may_read_nothing_outside_the_api(api: APIClient) -> None:
    response = api.get("/health/live/", headers={"Origin": ORIGIN})

    assert response.status_code == 200
    assert "Access-Control-Allow-Origin" not in response


def test_too_many_attempts_tells_a_script_when_to_retry(user: User, api: APIClient) -> None:
    """E09: with an allowed origin, `Retry-After` and the request ID are exposed."""
    body = CREDENTIALS | {"password": "wrong"}
    for _ in range(settings.RATE_LIMITS["account_and_ip"][0]):
        api.post(TOKEN, body)

    response = api.post(TOKEN, body, headers={"Origin": ORIGIN})

    assert response.status_code == 429
    exposed = response["Access-Control-Expose-Headers"].lower()
    assert {"retry-after", "x-request-id"} <= set(exposed.split(", "))
    assert response["Retry-After"].isdigit()
    assert len(response["X-Request-ID"]) >= 16
