"""Access tokens end with their sign-in, in each mode, and through outages of the cache."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from pytest_django import Settings

from accounts.models import SignIn, User
from tests.conftest import UnreachableCache
from tests.token_auth.api import (
    REVOKE,
    Pair,
    accepts_access,
    client,
    is_dead,
    refresh,
    refreshed,
    sign_in,
)
from token_auth import revocation

Outage = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def outage(monkeypatch: pytest.MonkeyPatch) -> Outage:
    """A context in which the cache cannot be reached."""

    @contextmanager
    def unreachable() -> Iterator[None]:
        with monkeypatch.context() as patch:
            patch.setattr(revocation, "cache", UnreachableCache())
            yield

    return unreachable


def revoke(pair: Pair) -> None:
    response = client().post(REVOKE, {"refresh": pair["refresh"]})
    assert (response.status_code, response.content) == (204, b"")


def test_any_refresh_token_of_a_family_revokes_it_and_can_be_sent_again(pair: Pair) -> None:
    newest = refreshed(pair)

    for token in (pair, newest, pair):
        revoke(token)
        assert is_dead(newest)


@pytest.mark.parametrize(
    "change",
    [
        revoke,
        lambda _: SignIn.objects.all().delete(),
        lambda _: User.objects.update(is_active=False),
        lambda _: User.objects.update(email_verified_at=None),
    ],
    ids=["revoked", "deleted", "deactivated", "unverified"],
)
def test_tokens_are_accepted_without_the_cache_until_the_database_says_no(
    pair: Pair, outage: Outage, change: Callable[[Pair], Any]
) -> None:
    with outage():
        assert accepts_access(pair)
        following = refreshed(pair)
        assert accepts_access(following)

        change(following)

        assert is_dead(following)


def test_token_issued_without_the_cache_is_accepted_and_can_be_revoked(
    user: User, outage: Outage
) -> None:
    with outage():
        pair = sign_in(user)
        assert accepts_access(pair)
    assert accepts_access(pair)

    revoke(pair)

    assert is_dead(pair)


@pytest.mark.parametrize("mode", ["database", "none"])
def test_other_modes_need_no_cache_and_access_remains_without_revocation(
    user: User, settings: Settings, outage: Outage, mode: str
) -> None:
    settings.JWT_REVOCATION = mode
    with outage():
        pair = sign_in(user)
        assert accepts_access(pair)

        revoke(pair)

        assert accepts_access(pair) is (mode == "none")
        assert refresh(pair) is None
