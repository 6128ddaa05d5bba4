"""Many random secrets, none of which is refused by chance."""

from collections.abc import Callable
from secrets import token_hex, token_urlsafe

import pytest
from django.core.management.utils import get_random_secret_key

from config.settings.environment import strong_secret


@pytest.mark.parametrize(
    "make",
    [
        lambda: token_hex(25),
        lambda: token_urlsafe(64),
        lambda: token_urlsafe(38)[:50],
        get_random_secret_key,
    ],
)
def test_random_secret_is_strong(make: Callable[[], str]) -> None:
    """E16: no way to make a secret is refused by chance."""
    for _ in range(200):
        strong_secret(make())
