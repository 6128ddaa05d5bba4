"""Browsers whose users have an app."""

import json
from typing import Any

import pytest
from django.test import Client
from time_machine import TimeMachineFixture

from accounts.models import User
from tests.accounts.second_factor.conftest import App, app
from tests.conftest import PASSWORD
from tests.session_auth.conftest import LOGIN, log_in

__all__ = ["app"]

SESSION = "/accounts/session/"
PAGES = "/accounts/second-factor/"
VERIFY, SET_UP, CODES, REMOVE = (
    f"{PAGES}{name}/" for name in ("verify", "set-up", "recovery-codes", "remove")
)


@pytest.fixture
def held(user: User, app: App) -> Client:
    """A browser in which the user has entered the password."""
    return log_in(user)


@pytest.fixture
def signed_in(held: Client, app: App, clock: TimeMachineFixture) -> Client:
    """A browser in which the user has signed in, some codes ago."""
    assert enter(held, app.code()).status_code == 302
    clock.shift(60)
    return held


def enter(browser: Client, code: str, page: str = VERIFY, **form: str) -> Any:
    """Enter a code on a page."""
    return browser.post(page, {"code": code} | form)


def set_up(browser: Client, page: str = SET_UP) -> tuple[App, Any]:
    """Set up an app with the key on the page; return the app and the response."""
    return finish(browser, browser.get(page), page)


def finish(browser: Client, shown: Any, page: str = SET_UP) -> tuple[App, Any]:
    """Enter the first code of an app with the key that a page has shown."""
    app = App.__new__(App)
    app.secret = shown.context["key"].replace(" ", "")
    state = shown.context["form"].initial["state"]
    return app, enter(browser, app.code(), page, state=state)


def by_page(browser: Client, user: User, **form: str) -> Any:
    return browser.post(LOGIN, {"username": user.email, "password": PASSWORD} | form)


def by_json(browser: Client, user: User) -> Any:
    content = json.dumps({"email": user.email, "password": PASSWORD})
    return browser.post(SESSION, content, content_type="application/json")


def shows(response: Any) -> str:
    """Return what the page that a response leads to shows above its content."""
    return " ".join(map(str, response.context["messages"]))
