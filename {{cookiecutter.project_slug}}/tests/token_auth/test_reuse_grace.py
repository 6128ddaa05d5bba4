"""A client that lost an answer may ask again, where `JWT_REUSE_GRACE` allows it."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from pytest_django import Settings

from accounts.models import SignIn
from tests.token_auth.api import Pair, accepts_access, is_dead, refresh

START = datetime(2040, 1, 1, tzinfo=UTC)


@pytest.fixture
def clock(
    settings: Settings, time_machine: time_machine.TimeMachineFixture
) -> time_machine.TimeMachineFixture:
    settings.JWT_REUSE_GRACE = 10
    time_machine.move_to(START, tick=False)
    return time_machine


def test_without_it_nothing_is_repeated(pair: Pair) -> None:
    lost = refresh(pair)
    assert lost is not None

    assert refresh(pair) is None

    assert is_dead(lost)


@pytest.mark.parametrize(("seconds", "good"), [(0, True), (9, True), (10, False), (11, False)])
def test_with_it_the_token_before_is_good_for_so_many_seconds(
    clock: time_machine.TimeMachineFixture, pair: Pair, seconds: int, good: bool
) -> None:
    refresh(pair)
    clock.move_to(START + timedelta(seconds=seconds), tick=False)

    again = refresh(pair)

    assert (again is not None) is good
    assert accepts_access(pair) is good
    assert SignIn.objects.filter(revoked_at=None).exists() is good


@pytest.mark.usefixtures("clock")
def test_there_is_one_chain_whatever_is_repeated(pair: Pair) -> None:
    lost = refresh(pair)
    again = refresh(pair)
    assert lost is not None
    assert again is not None
    following = refresh(again)
    assert following is not None

    assert refresh(lost) is None

    assert is_dead(following)


@pytest.mark.usefixtures("clock")
def test_a_token_before_the_one_before_is_never_good(pair: Pair) -> None:
    second = refresh(pair)
    assert second is not None
    third = refresh(second)
    assert third is not None

    assert refresh(pair) is None

    assert is_dead(third)


def test_repeating_does_not_lengthen_the_time(
    clock: time_machine.TimeMachineFixture, pair: Pair
) -> None:
    refresh(pair)
    clock.move_to(START + timedelta(seconds=9), tick=False)
    again = refresh(pair)
    assert again is not None
    clock.move_to(START + timedelta(seconds=18), tick=False)

    assert refresh(pair) is None

    assert is_dead(again)
