"""Browsers."""

import pytest

from tests.attacks.pages.browser import Browser
from tests.attacks.server import Server


@pytest.fixture
def visitor(server: Server) -> Browser:
    """A browser that is not signed in."""
    return Browser(server)


@pytest.fixture
def email(server: Server) -> str:
    """The address of a user whom no other test has."""
    return server.new_user()


@pytest.fixture
def browser(visitor: Browser, email: str) -> Browser:
    """That user, signed in."""
    assert visitor.sign_in(email).status == 302
    return visitor
