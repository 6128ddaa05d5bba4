"""Which sign-ins of both kinds each event ends: the table of docs/sessions-and-tokens.md."""

import pytest
from pytest_django import Settings

from accounts.models import User
from tests.both.conftest import shows_home, signed_in_browser
from tests.session_auth.events import EVENTS as ON_PAGES
from tests.session_auth.events import TwoBrowsers
from tests.token_auth.events import EVENTS as BY_API
from tests.token_auth.events import TwoSignIns, fate

PAGE, API, OTHERS = "page", "API", "without a sign-in"
ROWS = {
    "signing out on a page": (PAGE, "signing out"),
    "revoking the refresh token": (API, "revoking the refresh token"),
    "using an old refresh token": (API, "using an old refresh token"),
    "signing out everywhere, on a page": (PAGE, "signing out everywhere"),
    "signing out everywhere, by the API": (API, "signing out everywhere"),
    "signing out everywhere else, on a page": (PAGE, "signing out everywhere else"),
    "signing out everywhere else, by the API": (API, "signing out everywhere else"),
    "changing the password on a page": (PAGE, "changing the password"),
    "changing the password by the API": (API, "changing the password"),
    "setting a password by a link": (OTHERS, "setting a password by a link"),
    "confirming another address on a page": (PAGE, "confirming another address"),
    "confirming another address by the API": (API, "confirming another address"),
    "changing the name": (PAGE, "changing the name"),
    "deactivating the user": (OTHERS, "deactivating the user"),
    "deleting the user": (OTHERS, "deleting the user"),
    "giving or taking a role": (OTHERS, "giving or taking a role"),
    "a new `SECRET_KEY`, the old one in `SECRET_KEY_FALLBACKS`": (
        OTHERS,
        "a new `SECRET_KEY`, the old one in `SECRET_KEY_FALLBACKS`",
    ),
    "a new `SECRET_KEY` alone": (OTHERS, "a new `SECRET_KEY` alone"),
    "a new signing key in front of the old one": (
        OTHERS,
        "a new signing key in front of the old one",
    ),
    "the old signing key removed": (OTHERS, "the old signing key removed"),
    "another `PUBLIC_BASE_URL`, the issuer of tokens": (
        OTHERS,
        "another `PUBLIC_BASE_URL`, the issuer of tokens",
    ),
}

# where it is done, other sessions, other tokens
EXPECTED = {
    "signing out on a page": ["ends", "remains", "remains"],
    "revoking the refresh token": ["ends", "remains", "remains"],
    "using an old refresh token": ["ends", "remains", "remains"],
    "signing out everywhere, on a page": ["ends", "ends", "ends"],
    "signing out everywhere, by the API": ["ends", "ends", "ends"],
    "signing out everywhere else, on a page": ["remains", "ends", "ends"],
    "signing out everywhere else, by the API": ["remains", "ends", "ends"],
    "changing the password on a page": ["remains", "ends", "ends"],
    "changing the password by the API": ["remains", "ends", "ends"],
    "setting a password by a link": ["-", "ends", "ends"],
    "confirming another address on a page": ["remains", "ends", "ends"],
    "confirming another address by the API": ["ends", "ends", "ends"],
    "changing the name": ["remains", "remains", "remains"],
    "deactivating the user": ["-", "ends", "ends"],
    "deleting the user": ["-", "ends", "ends"],
    "giving or taking a role": ["-", "ends", "ends"],
    "a new `SECRET_KEY`, the old one in `SECRET_KEY_FALLBACKS`": ["-", "remains", "remains"],
    "a new `SECRET_KEY` alone": ["-", "ends", "remains"],
    "a new signing key in front of the old one": ["-", "remains", "remains"],
    "the old signing key removed": ["-", "remains", "ends"],
    "another `PUBLIC_BASE_URL`, the issuer of tokens": ["-", "remains", "ends"],
}


def test_every_event_has_a_row() -> None:
    assert set(EXPECTED) == set(ROWS)


@pytest.mark.parametrize("name", ROWS)
def test_an_event_ends_what_the_table_says(user: User, settings: Settings, name: str) -> None:
    place, event = ROWS[name]
    pages, api = TwoBrowsers(user, settings, signed_in_browser), TwoSignIns(user, settings)

    if place == PAGE:
        ON_PAGES[event](pages)
    else:
        BY_API[event](api)

    sessions = [
        "remains" if shows_home(browser) else "ends" for browser in (pages.browser, pages.other)
    ]
    tokens = [fate(pair) for pair in (api.pair, api.other)]
    acting = {PAGE: sessions, API: tokens}.get(place)
    found = [
        acting.pop(0) if acting else "-",
        *(" and ".join(sorted({*kind})) for kind in (sessions, tokens)),
    ]
    assert found == EXPECTED[name]
