"""Attempts to sign in and requests for emails, for the tests of rate limits."""

import pytest

from accounts.models import User
from accounts.services import authentication, passwords
from accounts.services.rate_limits import RateLimitExceededError
from tests.conftest import HERE, PASSWORD
from web.client_info import ClientInfo

WRONG = "not the password"
PHONE = ClientInfo("203.0.113.9", "")


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


def guess_everywhere(email: str) -> None:
    """Reach the limit of an account, from as many networks."""
    for number in range(5):
        guess_often(email, 1, f"198.51.100.{number}")


def exhaust_network(address: str = "192.0.2.1") -> None:
    """Reach the limit of a network, with an attempt for each of many accounts."""
    for number in range(6):
        guess_often(f"{number}@example.com", 1, address)
    with pytest.raises(RateLimitExceededError):
        guess("6@example.com", address)


def exhaust_emails() -> None:
    """Reach the limit of emails that one network may request."""
    for number in range(4):
        passwords.request_reset(f"{number}@example.com", client=HERE)
