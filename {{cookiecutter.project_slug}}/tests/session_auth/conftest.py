"""Browsers for the tests of pages."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from tests.conftest import PASSWORD

SignIn = Callable[..., Client]


@pytest.fixture
def sign_in(db: None) -> SignIn:
    """Sign in a user on the page, in a new browser."""

    def post(who: User, password: str = PASSWORD, browser: Client | None = None) -> Client:
        browser = browser or Client()
        browser.post("/accounts/login/", {"username": who.email, "password": password})
        return browser

    return post


@pytest.fixture
def browser(sign_in: SignIn, user: User) -> Client:
    """A browser in which the user is signed in."""
    return sign_in(user)


@pytest.fixture
def staff(db: None) -> User:
    """A staff user."""
    return User.objects.create_superuser("root@example.com", PASSWORD)


def is_signed_in(browser: Client) -> bool:
    """Return whether the browser gets to see the home page."""
    return browser.get("/").status_code == 200


def confirmed(email: str) -> User:
    """Create a user who may sign in."""
    return User.objects.create_user(email, PASSWORD, email_verified_at=timezone.now())
