"""Which sign-ins each event ends: the table of docs/tokens.md."""

import pytest
from pytest_django import Settings

from accounts.models import User
from tests.token_auth.api import accepts_access
from tests.token_auth.events import EVENTS, TwoSignIns, fate

# these tokens, other tokens
EXPECTED = {
    "revoking the refresh token": ["ends", "remains"],
    "using an old refresh token": ["ends", "remains"],
    "signing out everywhere": ["ends", "ends"],
    "signing out everywhere else": ["remains", "ends"],
    "revoking another in the list": ["remains", "ends"],
    "changing the password": ["remains", "ends"],
    "setting a password with a link": ["ends", "ends"],
    "confirming a new email address": ["ends", "ends"],
    "changing the name": ["remains", "remains"],
    "deactivating the user": ["ends", "ends"],
    "deleting the user": ["ends", "ends"],
    "granting or removing a role": ["ends", "ends"],
    "a new `SECRET_KEY`, the old one in `SECRET_KEY_FALLBACKS`": ["remains", "remains"],
    "a new `SECRET_KEY` alone": ["remains", "remains"],
    "a new signing key in front of the old one": ["remains", "remains"],
    "the old signing key removed": ["ends", "ends"],
    "another `PUBLIC_BASE_URL`, the issuer of tokens": ["ends", "ends"],
}


@pytest.mark.parametrize("mode", ["cache", "database"])
@pytest.mark.parametrize("name", sorted({*EVENTS, *EXPECTED}))
def test_event_ends_the_tokens_in_the_table(
    user: User, settings: Settings, mode: str, name: str
) -> None:
    settings.JWT_REVOCATION = mode
    two = TwoSignIns(user, settings)
    assert (accepts_access(two.pair), accepts_access(two.other)) == (True, True)

    EVENTS[name](two)

    assert [fate(two.pair), fate(two.other)] == EXPECTED[name]
