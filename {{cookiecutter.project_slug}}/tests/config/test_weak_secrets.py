"""Secrets that are long and easy to guess."""

import secrets
import string

import pytest
from environs import ValidationError

from config.settings.environment import strong_secret

WEAK = {
    "alphabet": string.ascii_letters + string.digits,
    "backwards": (string.ascii_letters + string.digits)[::-1],
    "every second": string.printable[:94:2] * 2,
    "repeated": "k3" * 40,
}


@pytest.mark.parametrize("name", WEAK)
def test_pattern_is_refused(name: str) -> None:
    """E16: sequences do not repeat, but the steps from one character to the next do."""
    with pytest.raises(ValidationError):
        strong_secret(WEAK[name])


def test_random_secrets_are_accepted() -> None:
    for _ in range(100):
        strong_secret(secrets.token_urlsafe(38)[:50])
        strong_secret(secrets.token_hex(25))
