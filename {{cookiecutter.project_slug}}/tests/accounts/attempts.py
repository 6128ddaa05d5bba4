"""Attempts to sign in, for the tests of rate limits."""

import pytest

from accounts.models import User
from accounts.services import authentication
from accounts.services.rate_limits import RateLimitExceededError
from tests.conftest import PASSWORD
from web.client_info import ClientInfo

WRONG = "not the password"


def guess(email: str, address: str = "192.0.2.1", password: str = WRONG) -> User | None:
    """Try a password."""
    return authentication.authenticate(email, password, client=ClientInfo(address, ""))


def is_let_in(user: User, address: str = "192.0.2.1") -> bool:
    """Return whether the right password is looked at."""
    try:
        found = guess(user.email, address, PASSWORD)
    except RateLimitExceededError:
        return False
    assert found == user
    return True


def guess_often(email: str, times: int, address: str = "192.0.2.1") -> None:
    """Try a wrong password."""
    for _ in range(times):
        assert guess(email, address) is None


def exhaust_network(address: str = "192.0.2.1") -> None:
    """Reach the limit of a network, with an attempt for each of many accounts."""
    for number in range(6):
        guess_often(f"{number}@example.com", 1, address)
    with pytest.raises(RateLimitExceededError):
        guess("6@example.com", address)
