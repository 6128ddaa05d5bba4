"""Browsers and API clients of one user and of two."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from tests.session_auth.conftest import log_in
from tests.token_auth.api import Pair, sign_in

EXCHANGE = "/api/auth/token/exchange/"


def signed_in_browser(user: User) -> Client:
    """Return a browser in which `user` has just signed in."""
    browser = log_in(user)
    assert shows_home(browser)
    return browser


def shows_home(browser: Client) -> bool:
    """Return whether the browser gets to see the home page; if not, it is sent to sign in."""
    response = browser.get("/")
    assert response.status_code == 200 or response["Location"].startswith("/accounts/login/")
    return response.status_code == 200


def post_exchange(browser: Client, **headers: str) -> Any:
    return browser.post(EXCHANGE, content_type="application/json", headers=headers)


def exchange(browser: Client) -> Pair:
    """Exchange the session of a browser for tokens."""
    response = post_exchange(browser)
    assert response.status_code == 200
    found: Pair = response.json()
    return found


def bearer(pair: Pair) -> dict[str, str]:
    """Return the headers that present an access token."""
    return {"Authorization": f"Bearer {pair['access']}"}


@pytest.fixture
def browser(user: User) -> Client:
    """A browser in which the user is signed in."""
    return signed_in_browser(user)


@pytest.fixture
def pair(user: User) -> Pair:
    """The tokens of a sign-in of the same user through the API."""
    return sign_in(user)


@pytest.fixture
def staff(user: User) -> User:
    """The user, as staff."""
    user.is_staff = True
    user.save()
    return user
