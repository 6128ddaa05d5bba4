"""Which sign-ins of both kinds each event ends: the table of docs/sessions-and-tokens.md."""

import pytest
from pytest_django import Settings

from accounts.models import User
from tests.both.conftest import shows_home
from tests.session_auth.events import EVENTS as ON_PAGES
from tests.session_auth.events import TwoBrowsers
from tests.token_auth.events import EVENTS as BY_API
from tests.token_auth.events import TwoSignIns, fate

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
    "setting a password with a link": ["-", "ends", "ends"],
    "confirming a new email address on a page": ["remains", "ends", "ends"],
    "confirming a new email address by the API": ["ends", "ends", "ends"],
    "changing the name": ["remains", "remains", "remains"],
    "deactivating the user": ["-", "ends", "ends"],
    "deleting the user": ["-", "ends", "ends"],
    "granting or removing a role": ["-", "ends", "ends"],
    "a new `SECRET_KEY`, the old one in `SECRET_KEY_FALLBACKS`": ["-", "remains", "remains"],
    "a new `SECRET_KEY` alone": ["-", "ends", "remains"],
    "a new signing key in front of the old one": ["-", "remains", "remains"],
    "the old signing key removed": ["-", "remains", "ends"],
    "another `PUBLIC_BASE_URL`, the issuer of tokens": ["-", "remains", "ends"],
}
PAGE, API = " on a page", " by the API"
# Ending one sign-in in the list is like signing out.
LISTED = {"revoking another in the list"}
CASES = [
    (row, event, place)
    for row in EXPECTED
    for place, events in ((PAGE, ON_PAGES), (API, BY_API))
    if (event := row.removesuffix(place).removesuffix(",")) in events
]


def test_every_event_has_a_row() -> None:
    found = {(event, place) for _, event, place in CASES}
    assert {row for row, _, _ in CASES} == set(EXPECTED)
    assert {(event, PAGE) for event in ON_PAGES.keys() - LISTED} <= found
    assert {(event, API) for event in BY_API.keys() - LISTED} <= found


@pytest.mark.parametrize(("row", "event", "place"), CASES)
def test_event_ends_the_sign_ins_in_the_table(
    user: User, settings: Settings, row: str, event: str, place: str
) -> None:
    pages, api = TwoBrowsers(user, settings), TwoSignIns(user, settings)

    if place == PAGE:
        ON_PAGES[event](pages)
    else:
        BY_API[event](api)

    sessions = ["remains" if shows_home(each) else "ends" for each in (pages.browser, pages.other)]
    tokens = [fate(pair) for pair in (api.pair, api.other)]
    acting = sessions if place == PAGE else tokens
    expected = EXPECTED[row]
    found = [
        "-" if expected[0] == "-" else acting.pop(0),
        *(" and ".join(sorted({*kind})) for kind in (sessions, tokens)),
    ]
    assert found == expected
