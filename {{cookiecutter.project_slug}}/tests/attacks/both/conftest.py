"""A browser and a client of the API for the same user of the running service."""

import pytest

from tests.attacks.api.caller import Caller
from tests.attacks.pages.browser import Browser
from tests.attacks.server import Server


@pytest.fixture
def email(server: Server) -> str:
    """The address of a user whom no other test has."""
    return server.new_user()


@pytest.fixture
def browser(server: Server, email: str) -> Browser:
    """That user's browser, signed in."""
    signed_in = Browser(server)
    assert signed_in.sign_in(email).status == 302
    return signed_in


@pytest.fixture
def holder(server: Server, email: str) -> Caller:
    """That user's client, signed in."""
    return Caller(server).signed_in(email)
