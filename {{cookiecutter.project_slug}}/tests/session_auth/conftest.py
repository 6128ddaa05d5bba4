"""Browsers for the tests of pages, and what users do with them."""

import re
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from tests.conftest import PASSWORD

ADMIN = f"/{settings.ADMIN_URL}"
COOKIE = settings.SESSION_COOKIE_NAME
LOGIN = "/accounts/login/"
USERS, SIGN_INS, GROUPS = (
    f"{ADMIN}{model}/" for model in ("accounts/user", "accounts/signin", "auth/group")
)
NEW = "the tide comes in at six"
Exists = Callable[[str], bool]


def log_in(user: User, password: str = PASSWORD, browser: Client | None = None) -> Client:
    """Sign in a user on the page, in a new browser unless one is given."""
    browser = browser or Client()
    browser.post(LOGIN, {"username": user.email, "password": password})
    return browser


def change_password(browser: Client, **changes: str) -> Any:
    form = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
    return browser.post("/accounts/password_change/", form | changes)


def change_email(browser: Client, **changes: str) -> Any:
    form = {"email": "ada@example.org", "password": PASSWORD}
    return browser.post("/accounts/email_change/", form | changes)


def edit(desk: Client, user: User, **form: str) -> int:
    """Change a user in the admin, and return the status of the response."""
    common = {"email": user.email, "name": user.name, "is_active": "on"}
    return desk.post(f"{USERS}{user.pk}/change/", common | form).status_code


def request_reset(email: str) -> Any:
    return Client().post("/accounts/password_reset/", {"email": email})


def open_reset_form() -> tuple[Client, str]:
    """Follow the latest reset link; return the browser and the path of the form."""
    browser = Client()
    return browser, browser.get(link_in_mail())["Location"]


def reset_password(browser: Client, path: str) -> Any:
    return browser.post(path, {"new_password1": NEW, "new_password2": NEW})


def link_in_mail() -> str:
    """Return the path of the link in the latest email."""
    found = re.search(r"https://testserver(/\S+)", str(mail.outbox[-1].body))
    assert found, mail.outbox[-1].body
    return found[1]


def recipients() -> list[str]:
    return [address for message in mail.outbox for address in message.to]


def is_signed_in(browser: Client) -> bool:
    """Return whether the browser gets to see the home page."""
    return browser.get("/").status_code == 200


def confirmed(email: str, **fields: Any) -> User:
    """Create a user who may sign in."""
    return User.objects.create_user(email, PASSWORD, email_verified_at=timezone.now(), **fields)


@pytest.fixture
def sign_in(db: None) -> Callable[..., Client]:
    return log_in


@pytest.fixture
def browser(user: User) -> Client:
    return log_in(user)


@pytest.fixture
def staff(db: None) -> User:
    return User.objects.create_superuser("root@example.com", PASSWORD)


@pytest.fixture
def desk(staff: User) -> Client:
    """A browser in which staff is signed in."""
    return log_in(staff)


def key_of(browser: Client) -> str:
    return browser.cookies[COOKIE].value


@pytest.fixture(params=["db", "cached_db", "cache", "file"])
def exists(request: pytest.FixtureRequest, settings: Settings, tmp_path: Path) -> Exists:
    """Use a backend, and return a function that says whether it holds a session key."""
    settings.SESSION_FILE_PATH = str(tmp_path)
    settings.SESSION_ENGINE = f"django.contrib.sessions.backends.{request.param}"
    found: Exists = import_module(settings.SESSION_ENGINE).SessionStore().exists
    return found
