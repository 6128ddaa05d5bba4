"""Requests to the endpoints of the second factor."""

from typing import Any

from rest_framework.test import APIClient

from tests.accounts.second_factor.conftest import app
from tests.token_auth.api import CREDENTIALS, TOKEN, client

__all__ = ["app"]

VERIFY = "/api/auth/token/second-factor/"
SET_UP = "/api/auth/token/second-factor/set-up/"
MANAGE = "/api/auth/second-factor/"
REMOVE = "/api/auth/second-factor/remove/"
CODES = "/api/auth/second-factor/recovery-codes/"


def hold() -> dict[str, Any]:
    """Sign in with the password, which must be held, and return the body of the response."""
    response = client().post(TOKEN, CREDENTIALS)
    assert response.status_code == 403
    body: dict[str, Any] = response.json()
    return body


def verify(ticket: str, code: str, api: APIClient | None = None) -> Any:
    """Continue a held sign-in with a code."""
    return (api or client()).post(VERIFY, {"ticket": ticket, "otp": code})


def told(response: Any) -> tuple[int, str]:
    """Return the status and the code of an error."""
    return response.status_code, response.json()["code"]
