"""The table of docs/authentication.md, cell by cell."""

import pytest
from pytest_django import Settings

from accounts.models import User
from tests.both.conftest import shows_home, signed_in_browser
from tests.session_auth.test_what_lives_and_dies import HAPPENINGS as ON_PAGES
from tests.session_auth.test_what_lives_and_dies import Happening as OnPages
from tests.tables import table
from tests.token_auth.test_what_lives_and_dies import HAPPENINGS as BY_API
from tests.token_auth.test_what_lives_and_dies import Happening as ByApi
from tests.token_auth.test_what_lives_and_dies import fate

COLUMNS = ("what happens", "where it is done", "other sessions", "other tokens")
TABLE = table("authentication.md", *COLUMNS)

PAGE, API, NOBODY = "page", "API", "nobody who is signed in"
ROWS = {
    "signing out on a page": (PAGE, "signing out"),
    "revoking the refresh token": (API, "revoking the refresh token"),
    "using a refresh token twice": (API, "using a refresh token twice"),
    "signing out everywhere, on a page": (PAGE, "signing out everywhere"),
    "signing out everywhere, by the API": (API, "signing out everywhere"),
    "signing out everywhere else, on a page": (PAGE, "signing out everywhere else"),
    "signing out everywhere else, by the API": (API, "signing out everywhere else"),
    "changing the password on a page": (PAGE, "changing the password"),
    "changing the password by the API": (API, "changing the password"),
    "setting a password by a link": (NOBODY, "setting a password by a link"),
    "confirming another address on a page": (PAGE, "confirming another address"),
    "confirming another address by the API": (API, "confirming another address"),
    "changing the name": (PAGE, "changing the name"),
    "deactivating the user": (NOBODY, "deactivating the user"),
    "deleting the user": (NOBODY, "deleting the user"),
    "giving or taking a role": (NOBODY, "giving or taking a role"),
    "a new `SECRET_KEY`, the old one in `SECRET_KEY_FALLBACKS`": (
        NOBODY,
        "a new `SECRET_KEY`, the old one in `SECRET_KEY_FALLBACKS`",
    ),
    "a new `SECRET_KEY` alone": (NOBODY, "a new `SECRET_KEY` alone"),
    "a new signing key in front of the old one": (
        NOBODY,
        "a new signing key in front of the old one",
    ),
    "the old signing key removed": (NOBODY, "the old signing key removed"),
    "another `PUBLIC_BASE_URL`, the issuer of tokens": (
        NOBODY,
        "another `PUBLIC_BASE_URL`, the issuer of tokens",
    ),
}


def test_every_row_is_tested() -> None:
    assert set(TABLE) == set(ROWS)


@pytest.mark.parametrize("name", ROWS)
def test_a_row(user: User, settings: Settings, name: str) -> None:
    place, happening = ROWS[name]
    pages, api = OnPages(user, settings, signed_in_browser), ByApi(user, settings)

    if place == PAGE:
        ON_PAGES[happening](pages)
    else:
        BY_API[happening](api)

    sessions = [
        "lives" if shows_home(browser) else "dies" for browser in (pages.browser, pages.other)
    ]
    tokens = [fate(pair) for pair in (api.pair, api.other)]
    acting = {PAGE: sessions, API: tokens}.get(place)
    found = [
        acting.pop(0) if acting else "-",
        *(" and ".join(sorted({*kind})) for kind in (sessions, tokens)),
    ]
    assert found == TABLE[name]
