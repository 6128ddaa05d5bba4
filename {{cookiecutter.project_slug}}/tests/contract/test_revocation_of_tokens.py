"""Which sign-ins each event ends: the table of docs/authentication.md."""

import pytest
from pytest_django import Settings

from accounts.models import User
from tests.token_auth.api import accepts_access
from tests.token_auth.events import EVENTS, TwoSignIns, fate

# these tokens, other tokens
EXPECTED = {
    "revoking the refresh token": ["dies", "lives"],
    "using an old refresh token": ["dies", "lives"],
    "signing out everywhere": ["dies", "dies"],
    "signing out everywhere else": ["lives", "dies"],
    "ending another in the list": ["lives", "dies"],
    "changing the password": ["lives", "dies"],
    "setting a password by a link": ["dies", "dies"],
    "confirming another address": ["dies", "dies"],
    "changing the name": ["lives", "lives"],
    "deactivating the user": ["dies", "dies"],
    "deleting the user": ["dies", "dies"],
    "giving or taking a role": ["dies", "dies"],
    "a new `SECRET_KEY`, the old one in `SECRET_KEY_FALLBACKS`": ["lives", "lives"],
    "a new `SECRET_KEY` alone": ["lives", "lives"],
    "a new signing key in front of the old one": ["lives", "lives"],
    "the old signing key removed": ["dies", "dies"],
    "another `PUBLIC_BASE_URL`, the issuer of tokens": ["dies", "dies"],
}


def test_every_event_has_a_row() -> None:
    assert set(EXPECTED) == set(EVENTS)


@pytest.mark.parametrize("mode", ["cache", "database"])
@pytest.mark.parametrize("name", EVENTS)
def test_an_event_ends_what_the_table_says(
    user: User, settings: Settings, mode: str, name: str
) -> None:
    settings.JWT_REVOCATION = mode
    it = TwoSignIns(user, settings)
    assert (accepts_access(it.pair), accepts_access(it.other)) == (True, True)

    EVENTS[name](it)

    assert [fate(it.pair), fate(it.other)] == EXPECTED[name]
