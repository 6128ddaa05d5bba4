"""A browser and a client of the API for the same user of the running service."""

import pytest

from tests.attacks.api.client import Caller
from tests.attacks.pages.client import Browser
from tests.attacks.server import Server


@pytest.fixture
def browser(server: Server, email: str) -> Browser:
    """That user's browser, signed in."""
    return Browser(server).signed_in(email)


@pytest.fixture
def holder(server: Server, email: str) -> Caller:
    """That user's client, signed in."""
    return Caller(server).signed_in(email)
