"""Tokens that only the holder of a signing key can issue."""

import pytest
from pytest_django import Settings

from accounts.models import SignIn, User
from tests.token_auth.api import accepts_access, claims, refresh, sign_in
from token_auth import tokens


@pytest.mark.parametrize(("mode", "accepted"), [("database", False), ("cache", True)])
def test_access_token_of_another_user_than_its_sign_in(
    user: User, other: User, settings: Settings, mode: str, accepted: bool
) -> None:
    """A06: as docs/security-of-tokens.md says, the cache does not know the user of a sign-in."""
    settings.JWT_REVOCATION = mode
    row = SignIn.objects.get(pk=claims(sign_in(other)["access"])["sid"])
    row.user = user
    forged = tokens.issue_pair(row, tokens.new_token_id())

    pair = {"access": forged.access, "refresh": forged.refresh}
    assert accepts_access(pair) == accepted
    assert refresh(pair) is None
