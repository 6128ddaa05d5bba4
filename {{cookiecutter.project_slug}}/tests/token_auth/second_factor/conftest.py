"""Requests to the endpoints of the second factor."""

from typing import Any

from django.conf import settings
from rest_framework.test import APIClient
from time_machine import TimeMachineFixture

from accounts.models import User
from tests.accounts.second_factor.conftest import app
from tests.conftest import PASSWORD
from tests.token_auth.api import CONFIRM, CREDENTIALS, TOKEN, client, refreshed, sign_in

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


def assert_requires_recent_authentication(
    user: User, clock: TimeMachineFixture, method: str, path: str, body: dict[str, Any]
) -> None:
    """Send a request with an old authentication, and after reauthentication."""
    assert getattr(client(), method)(path, body).status_code == 401
    pair = sign_in(user)
    clock.shift(settings.REAUTHENTICATION_MAX_AGE + 1)
    late = client(refreshed(pair)["access"])

    response = getattr(late, method)(path, body)

    assert told(response) == (401, "reauthentication_required")
    assert "insufficient_user_authentication" in response["WWW-Authenticate"]
    assert late.get(MANAGE).status_code == 200
    recent = client(late.post(CONFIRM, {"password": PASSWORD}).json()["access"])
    assert getattr(recent, method)(path, body).status_code != 401
