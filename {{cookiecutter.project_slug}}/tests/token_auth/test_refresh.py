from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.apps import apps
from django.conf import settings
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from accounts.models import SignIn, User
from tests.token_auth.api import (
    REFRESH,
    Pair,
    accepts_access,
    claims,
    is_dead,
    present_an_old_token,
    refresh,
    sign_in,
)

IDLE = settings.SIGN_IN_LIMITS["token"]["idle"]
ABSOLUTE = settings.SIGN_IN_LIMITS["token"]["absolute"]
START = datetime(2040, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def test_a_refresh_token_buys_the_next_pair(pair: Pair) -> None:
    following = refresh(pair)

    assert following is not None
    assert set(following) == {"access", "refresh", "token_type", "expires_in"}
    assert following["refresh"] != pair["refresh"]
    assert accepts_access(following)
    assert claims(following["refresh"])["sid"] == claims(pair["refresh"])["sid"]


def test_a_replayed_token_ends_the_family(pair: Pair) -> None:
    newest = present_an_old_token(pair)

    assert is_dead(newest)
    assert not accepts_access(pair)
    assert SignIn.objects.get().revoked_at is not None


def test_a_replay_leaves_other_sign_ins_alone(user: User, other: User, pair: Pair) -> None:
    second, others = sign_in(user), sign_in(other)
    present_an_old_token(pair)

    for untouched in (second, others):
        assert accepts_access(untouched)
        assert refresh(untouched)


def test_refreshing_adds_no_rows(pair: Pair) -> None:
    def rows() -> int:
        return sum(model._base_manager.count() for model in apps.get_models())  # noqa: SLF001 - Django documents it

    before = rows()
    following: Pair | None = pair
    for _ in range(50):
        assert following is not None
        following = refresh(following)

    assert rows() == before


def test_refreshing_takes_few_queries(
    api: APIClient, pair: Pair, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(3):
        assert api.post(REFRESH, {"refresh": pair["refresh"]}).status_code == 200


@pytest.mark.parametrize(
    ("late", "good"), [(-SECOND, True), (timedelta(0), False), (SECOND, False)]
)
def test_without_use_a_sign_in_ends(
    user: User, time_machine: time_machine.TimeMachineFixture, late: timedelta, good: bool
) -> None:
    time_machine.move_to(START, tick=False)
    pair = sign_in(user)

    time_machine.move_to(START + IDLE + late)

    assert bool(refresh(pair)) is good


@pytest.mark.parametrize(
    ("late", "good"), [(-SECOND, True), (timedelta(0), False), (SECOND, False)]
)
def test_with_use_a_sign_in_ends_all_the_same(
    user: User, time_machine: time_machine.TimeMachineFixture, late: timedelta, good: bool
) -> None:
    time_machine.move_to(START, tick=False)
    pair: Pair | None = sign_in(user)
    ends_at = SignIn.objects.get().ends_at
    for used in range(1, ABSOLUTE // IDLE + 1):
        time_machine.move_to(START + used * (IDLE - SECOND))
        assert pair is not None
        pair = refresh(pair)
    assert pair is not None
    assert SignIn.objects.get().ends_at == ends_at == START + ABSOLUTE
    assert claims(pair["refresh"])["exp"] == ends_at.timestamp()

    time_machine.move_to(ends_at + late)

    assert bool(refresh(pair)) is good


def test_an_access_token_ends_with_its_sign_in(
    user: User, time_machine: time_machine.TimeMachineFixture
) -> None:
    time_machine.move_to(START, tick=False)
    pair = sign_in(user)
    SignIn.objects.update(idle_ends_at=START + 60 * SECOND, ends_at=START + 60 * SECOND)

    following = refresh(pair)

    assert following is not None
    assert following["expires_in"] == 60
    time_machine.move_to(START + 59 * SECOND)
    assert accepts_access(following)
    time_machine.move_to(START + 60 * SECOND)
    assert not accepts_access(following)


@pytest.mark.parametrize(
    ("late", "good"), [(-SECOND, True), (timedelta(0), False), (SECOND, False)]
)
def test_an_access_token_ends_after_the_time_it_was_given(
    user: User, time_machine: time_machine.TimeMachineFixture, late: timedelta, good: bool
) -> None:
    time_machine.move_to(START, tick=False)
    pair = sign_in(user)

    time_machine.move_to(START + timedelta(seconds=pair["expires_in"]) + late)

    assert accepts_access(pair) is good


@pytest.mark.parametrize("state", [{"is_active": False}, {"email_verified_at": None}])
def test_whoever_may_not_sign_in_may_not_stay_signed_in(
    pair: Pair, state: dict[str, bool | None]
) -> None:
    """Also where the change was made behind the back of the application."""
    User.objects.update(**state)

    assert refresh(pair) is None


def test_an_end_moved_forward_in_the_database_counts(pair: Pair) -> None:
    SignIn.objects.update(idle_ends_at=timezone.now() - SECOND)

    assert refresh(pair) is None


def test_a_sign_in_whose_row_is_gone_is_over(pair: Pair) -> None:
    SignIn.objects.all().delete()

    assert refresh(pair) is None
