"""Refused requests under `ATOMIC_REQUESTS`, which rolls back what they wrote."""

from collections.abc import Iterator

import pytest
from django.db import connection
from pytest_django import Settings

from accounts.models import User
from tests.token_auth.api import accepts_access, is_dead, refresh, sign_in


@pytest.fixture(autouse=True)
def _atomic_requests(transactional_db: None) -> Iterator[None]:
    before = connection.settings_dict["ATOMIC_REQUESTS"]
    connection.settings_dict["ATOMIC_REQUESTS"] = True
    yield
    connection.settings_dict["ATOMIC_REQUESTS"] = before


def test_a_reused_refresh_token_revokes_the_family(user: User, settings: Settings) -> None:
    """A03: the revocation outlives the 401."""
    settings.JWT_REUSE_GRACE = 0
    replaced, other = sign_in(user), sign_in(user)
    following = refresh(dict(replaced))
    assert following is not None

    assert refresh(replaced) is None

    # The row says so too, not only the cache, which forgets it after a few minutes.
    settings.JWT_REVOCATION = "database"
    assert is_dead(following)
    assert accepts_access(other)
    assert refresh(other)
