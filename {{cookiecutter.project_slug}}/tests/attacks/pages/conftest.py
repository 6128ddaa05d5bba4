"""Browsers."""

import pytest

from tests.attacks.pages.client import Browser
from tests.attacks.server import Server


@pytest.fixture
def visitor(server: Server) -> Browser:
    """A browser that is not signed in."""
    return Browser(server)


@pytest.fixture
def browser(visitor: Browser, email: str) -> Browser:
    """A browser of the user with that email address, signed in."""
    return visitor.signed_in(email)
