"""Clients of the API, for the running service and inside the tests."""

import pytest

from tests.attacks.api.client import Caller
from tests.attacks.server import Server
from tests.token_auth.conftest import api, pair, signed_in

__all__ = ["api", "pair", "signed_in"]


@pytest.fixture
def caller(server: Server) -> Caller:
    """A client that is not signed in."""
    return Caller(server)


@pytest.fixture
def holder(server: Server, email: str) -> Caller:
    """A client of the user with that email address, signed in."""
    return Caller(server).signed_in(email)
