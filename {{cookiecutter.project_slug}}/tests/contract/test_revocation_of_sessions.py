"""Which sign-ins each event ends: the table of docs/sessions.md."""

import pytest
from pytest_django import Settings

from accounts.models import User
from tests.session_auth.conftest import is_signed_in
from tests.session_auth.events import EVENTS, TwoBrowsers

# this session, other sessions
EXPECTED = {
    "signing out": ["ends", "remains"],
    "signing out everywhere": ["ends", "ends"],
    "signing out everywhere else": ["remains", "ends"],
    "revoking another in the list": ["remains", "ends"],
    "changing the password": ["remains", "ends"],
    "setting a password with a link": ["ends", "ends"],
    "confirming a new email address": ["remains", "ends"],
    "changing the name": ["remains", "remains"],
    "deactivating the user": ["ends", "ends"],
    "deleting the user": ["ends", "ends"],
    "granting or removing a role": ["ends", "ends"],
    "a new `SECRET_KEY`, the old one in `SECRET_KEY_FALLBACKS`": ["remains", "remains"],
    "a new `SECRET_KEY` alone": ["ends", "ends"],
}


@pytest.mark.parametrize("name", sorted({*EVENTS, *EXPECTED}))
def test_event_ends_the_sessions_in_the_table(user: User, settings: Settings, name: str) -> None:
    two = TwoBrowsers(user, settings)
    browsers = (two.browser, two.other)
    assert [is_signed_in(browser) for browser in browsers] == [True, True]

    EVENTS[name](two)

    found = ["remains" if is_signed_in(browser) else "ends" for browser in browsers]
    assert found == EXPECTED[name]
