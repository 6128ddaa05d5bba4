"""Refreshing: the next pair, and the times at which a sign-in and its tokens expire."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.apps import apps
from django.conf import settings as project_settings
from django.db import connection
from django.utils import timezone
from pytest_django import Settings
from time_machine import TimeMachineFixture

from accounts.models import SignIn, User
from tests.token_auth.api import (
    Pair,
    accepts_access,
    claims,
    is_dead,
    refresh,
    refreshed,
    sign_in,
)

IDLE = project_settings.SIGN_IN_LIMITS["token"]["idle"]
ABSOLUTE = project_settings.SIGN_IN_LIMITS["token"]["absolute"]
SECOND = timedelta(seconds=1)

around_the_end = pytest.mark.parametrize(
    ("late", "accepted"), [(-SECOND, True), (timedelta(0), False)], ids=["before", "at"]
)


def test_a_refresh_returns_the_next_pair_and_adds_no_row(pair: Pair) -> None:
    def rows() -> int:
        return sum(model._base_manager.count() for model in apps.get_models())  # noqa: SLF001 - Django documents it

    before = rows()
    following = refreshed(pair)

    assert set(following) == {"access", "refresh", "token_type", "expires_in"}
    assert following["refresh"] != pair["refresh"]
    assert claims(following["refresh"])["sid"] == claims(pair["refresh"])["sid"]
    assert accepts_access(following)
    assert rows() == before


@around_the_end
def test_an_unused_sign_in_expires(
    clock: TimeMachineFixture, pair: Pair, late: timedelta, accepted: bool
) -> None:
    clock.shift(IDLE + late)

    assert bool(refresh(pair)) is accepted


@around_the_end
@pytest.mark.parametrize("last_minute", [False, True])
def test_an_access_token_expires_at_its_time_or_with_its_sign_in(
    clock: TimeMachineFixture, pair: Pair, late: timedelta, accepted: bool, last_minute: bool
) -> None:
    if last_minute:
        ends_at = timezone.now() + timedelta(minutes=1)
        SignIn.objects.update(idle_ends_at=ends_at, ends_at=ends_at)
        pair = refreshed(pair)
        assert pair["expires_in"] == 60

    clock.shift(timedelta(seconds=pair["expires_in"]) + late)

    assert accepts_access(pair) is accepted


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
def test_a_refresh_is_refused_after_a_change_that_only_the_database_knows(
    pair: Pair, change: Callable[[], object], repeated: bool
) -> None:
    if repeated:
        refreshed(pair)

    change()

    assert refresh(pair) is None


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
