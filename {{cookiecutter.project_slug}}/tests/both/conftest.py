"""A browser and an API client, for one user and for two."""

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from tests.conftest import PASSWORD
from tests.token_auth.api import Pair, sign_in
from tests.token_auth.database import shared_database

__all__ = ["shared_database"]


def signed_in_browser(user: User) -> Client:
    """Return a browser in which `user` has just signed in."""
    browser = Client()
    form = {"username": user.email, "password": PASSWORD}
    assert browser.post("/accounts/login/", form).status_code == 302
    return browser


def shows_home(browser: Client) -> bool:
    """Return whether the browser gets to see the home page; if not, it is sent to sign in."""
    response = browser.get("/")
    assert response.status_code == 200 or response["Location"].startswith("/accounts/login/")
    return response.status_code == 200


@pytest.fixture
def browser(user: User) -> Client:
    """A browser in which the user is signed in."""
    return signed_in_browser(user)


@pytest.fixture
def pair(user: User) -> Pair:
    """The tokens of a sign-in of the same user through the API."""
    return sign_in(user)


@pytest.fixture
def other(db: None) -> User:
    """Another user who may sign in."""
    return User.objects.create_user(
        "grace@example.com", PASSWORD, email_verified_at=timezone.now()
    )


@pytest.fixture
def staff(user: User) -> User:
    """The user, as staff."""
    user.is_staff = True
    user.save()
    return user
