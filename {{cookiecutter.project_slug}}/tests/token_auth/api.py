"""Requests to the API, as clients send them."""

from typing import Any

import jwt
from rest_framework.test import APIClient

from accounts.models import User
from tests.conftest import HERE, PASSWORD
from token_auth import services

TOKEN = "/api/auth/token/"
REFRESH = "/api/auth/token/refresh/"
REVOKE = "/api/auth/token/revoke/"
ME = "/api/auth/me/"
SIGN_INS = "/api/auth/sign-ins/"
CONFIRM = "/api/auth/confirm/"
EMAIL_CHANGE = "/api/auth/email/change/"
EMAIL_VERIFY = "/api/auth/email/verify/"
EMAIL_RESEND = "/api/auth/email/verify/resend/"
PASSWORD_CHANGE = "/api/auth/password/change/"
PASSWORD_RESET = "/api/auth/password/reset/"
PASSWORD_CONFIRM = "/api/auth/password/reset/confirm/"
CREDENTIALS = {"email": "ada@example.com", "password": PASSWORD}
NEW_PASSWORD = "the tide comes in at six"

Pair = dict[str, Any]


def client(access: str | None = None) -> APIClient:
    """Return a new client, which sends `access` with every request."""
    caller = APIClient()
    if access is not None:
        caller.credentials(HTTP_AUTHORIZATION=f"Bearer {access}")
    return caller


def sign_in(user: User) -> Pair:
    """Begin a sign-in without the cost of a password, and return its tokens as in a body."""
    pair = services.obtain(user, HERE)
    return {"access": pair.access, "refresh": pair.refresh, "expires_in": pair.expires_in}


def accepts_access(pair: Pair) -> bool:
    """Return whether the API accepts the access token; the only other response is 401."""
    status = client(pair["access"]).get(ME).status_code
    assert status in {200, 401}
    return status == 200


def refresh(pair: Pair) -> Pair | None:
    """Exchange the refresh token, or return None if it is rejected with 401."""
    response = client().post(REFRESH, {"refresh": pair["refresh"]})
    assert response.status_code in {200, 401}
    found: Pair = response.json()
    return found if response.status_code == 200 else None


def refreshed(pair: Pair) -> Pair:
    """Exchange the refresh token, which must be accepted."""
    found = refresh(pair)
    assert found is not None
    return found


def present_an_old_token(pair: Pair) -> Pair:
    """Present a refresh token that was replaced twice, and return the newest pair."""
    newest = refreshed(refreshed(pair))
    assert accepts_access(newest)
    assert refresh(pair) is None
    return newest


def is_dead(pair: Pair) -> bool:
    """Return whether both tokens of the pair are rejected."""
    return not accepts_access(pair) and refresh(pair) is None


def claims(token: str) -> dict[str, Any]:
    """Return the claims of a token without verifying it."""
    return jwt.decode(token, options={"verify_signature": False})
