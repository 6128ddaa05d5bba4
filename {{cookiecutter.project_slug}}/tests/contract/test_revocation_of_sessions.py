"""Which sign-ins each event ends: the table of docs/authentication.md."""

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from tests.conftest import PASSWORD
from tests.session_auth.conftest import is_signed_in
from tests.session_auth.events import EVENTS, TwoBrowsers

# this session, other sessions
EXPECTED = {
    "signing out": ["dies", "lives"],
    "signing out everywhere": ["dies", "dies"],
    "signing out everywhere else": ["lives", "dies"],
    "ending another in the list": ["lives", "dies"],
    "changing the password": ["lives", "dies"],
    "setting a password by a link": ["dies", "dies"],
    "confirming another address": ["lives", "dies"],
    "changing the name": ["lives", "lives"],
    "deactivating the user": ["dies", "dies"],
    "deleting the user": ["dies", "dies"],
    "giving or taking a role": ["dies", "dies"],
    "a new `SECRET_KEY`, the old one in `SECRET_KEY_FALLBACKS`": ["lives", "lives"],
    "a new `SECRET_KEY` alone": ["dies", "dies"],
}


def signed_in_browser(user: User) -> Client:
    browser = Client()
    browser.post("/accounts/login/", {"username": user.email, "password": PASSWORD})
    return browser


def test_every_event_has_a_row() -> None:
    assert set(EXPECTED) == set(EVENTS)


@pytest.mark.parametrize("name", EVENTS)
def test_an_event_ends_what_the_table_says(user: User, settings: Settings, name: str) -> None:
    it = TwoBrowsers(user, settings, signed_in_browser)
    assert (is_signed_in(it.browser), is_signed_in(it.other)) == (True, True)

    EVENTS[name](it)

    browsers = (it.browser, it.other)
    assert ["lives" if is_signed_in(browser) else "dies" for browser in browsers] == EXPECTED[name]
