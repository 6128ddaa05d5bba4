"""Refreshing: the next pair of tokens, repeated and refused requests, and expiry."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient
from time_machine import TimeMachineFixture

from accounts.models import SignIn, User
from tests.attacks.api.forging import made, with_claims
from tests.token_auth.api import (
    REFRESH,
    REVOKE,
    Pair,
    accepts_access,
    claims,
    is_dead,
    refresh,
    refreshed,
    sign_in,
)

GRACE = 10
SECOND = timedelta(seconds=1)


def test_refresh_returns_the_next_pair_and_adds_no_row(pair: Pair) -> None:
    following = refreshed(pair)

    assert set(following) == {"access", "refresh", "token_type", "expires_in"}
    assert following["refresh"] != pair["refresh"]
    assert claims(following["refresh"])["sid"] == claims(pair["refresh"])["sid"]
    assert accepts_access(following)
    assert SignIn.objects.count() == 1


@pytest.mark.parametrize(
    ("grace", "seconds", "accepted"),
    [(0, 0, False), (GRACE, 0, True), (GRACE, GRACE - 1, True), (GRACE, GRACE, False)],
)
def test_refresh_repeated_within_the_grace_returns_the_same_refresh_token(
    clock: TimeMachineFixture,
    pair: Pair,
    settings: Settings,
    grace: int,
    seconds: int,
    accepted: bool,
) -> None:
    """B01: both responses lead to one chain, and both tabs stay signed in."""
    settings.JWT_REUSE_GRACE = grace
    first = refreshed(pair)
    before = SignIn.objects.values().get()
    clock.shift(seconds)

    again = refresh(pair)

    assert (again is not None and again["refresh"] == first["refresh"]) is accepted
    assert accepts_access(pair) is accepted
    # A repeated refresh extends neither the sign-in nor the grace.
    assert (SignIn.objects.values().get() == before) is accepted
    assert (refresh(first) is not None) is accepted


@pytest.mark.parametrize(("late", "accepted"), [(-SECOND, True), (timedelta(0), False)])
def test_tokens_expire_with_their_sign_in(
    clock: TimeMachineFixture, pair: Pair, late: timedelta, accepted: bool
) -> None:
    ends_at = timezone.now() + timedelta(minutes=1)
    SignIn.objects.update(idle_ends_at=ends_at, ends_at=ends_at)
    pair = refreshed(pair)
    assert pair["expires_in"] == 60

    clock.shift(timedelta(minutes=1) + late)

    assert accepts_access(pair) is accepted
    assert (refresh(pair) is not None) is accepted


@pytest.mark.parametrize(
    "change",
    [
        lambda: User.objects.update(is_active=False),
        lambda: User.objects.update(email_verified_at=None),
        lambda: SignIn.objects.update(revoked_at=timezone.now()),
        lambda: SignIn.objects.update(idle_ends_at=timezone.now() - SECOND),
        lambda: SignIn.objects.all().delete(),
    ],
    ids=["deactivated", "unverified", "revoked", "expired", "deleted"],
)
@pytest.mark.parametrize("repeated", [False, True])
def test_refresh_is_refused_after_a_change_that_only_the_database_knows(
    pair: Pair, change: Callable[[], object], repeated: bool
) -> None:
    if repeated:
        refreshed(pair)

    change()

    assert refresh(pair) is None


@pytest.mark.parametrize("path", [REFRESH, REVOKE])
def test_refresh_token_with_the_sub_of_another_user_is_refused(
    api: APIClient, pair: Pair, other: User, path: str
) -> None:
    """A06: the sign-in belongs to one user, and continues."""
    forged = made(with_claims(sub=str(other.pk)), pair["refresh"])

    assert api.post(path, {"refresh": forged}).status_code == 401
    assert refresh(pair)


@pytest.mark.django_db(transaction=True)
def test_atomic_requests_do_not_roll_back_the_revocation_of_a_reused_token(
    user: User, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A03: the row has it too, not only the cache, which forgets it after a few minutes."""
    monkeypatch.setitem(connection.settings_dict, "ATOMIC_REQUESTS", value=True)
    settings.JWT_REUSE_GRACE, settings.JWT_REVOCATION = 0, "database"
    replaced, other = sign_in(user), sign_in(user)
    following = refreshed(replaced)

    assert refresh(replaced) is None

    assert is_dead(following)
    assert accepts_access(other)
    assert refresh(other)
