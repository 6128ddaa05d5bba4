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
    """A browser that is signed in with that address."""
    return visitor.signed_in(email)
