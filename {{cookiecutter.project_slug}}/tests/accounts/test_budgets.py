"""Paying for tries: exact whoever pays at once, and all or nothing."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.core.cache import caches
from django.utils import timezone
from pytest_django import Settings

from accounts.services import rate_limits
from accounts.services.rate_limits import RateLimitExceededError, RateLimitKey

PURSE = RateLimitKey("account_and_ip", "somebody")


@pytest.fixture(autouse=True)
def _small_budgets(settings: Settings) -> None:
    settings.RATE_LIMITS = {"account_and_ip": (3, 60), "mail_to": (2, 60)}


class AbsentCache:
    def __getattr__(self, _: str) -> Any:
        raise ConnectionError


def may_try(key: RateLimitKey) -> bool:
    try:
        rate_limits.consume(key)
    except RateLimitExceededError:
        return False
    return True


def test_of_many_guesses_at_once_no_more_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    # Each thread would open connections of its own, and leave them open.
    monkeypatch.setattr(rate_limits, "cache", caches["default"])
    threads = 50
    barrier = Barrier(threads)

    def take(_: int) -> bool:
        barrier.wait(timeout=20)
        return may_try(PURSE)

    with ThreadPoolExecutor(threads) as pool:
        taken = sum(pool.map(take, range(threads)))
    left = sum(may_try(PURSE) for _ in range(4))

    # Those that were refused have cost nothing, and nobody got more than there was.
    assert taken + left == 3


def test_from_several_purses_all_is_paid_or_nothing() -> None:
    empty = RateLimitKey("mail_to", "somebody")
    for _ in range(2):
        rate_limits.consume(empty)

    for _ in range(5):
        with pytest.raises(RateLimitExceededError):
            rate_limits.consume(PURSE, empty)

    for _ in range(3):
        rate_limits.consume(PURSE)


def test_a_cache_lost_between_guess_and_answer_refuses_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    spent = rate_limits.consume(PURSE)
    monkeypatch.setattr(rate_limits, "cache", AbsentCache())

    rate_limits.refund(spent)


def test_a_cache_whose_clock_is_late_makes_nobody_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        rate_limits.consume(PURSE)
    later = timezone.now() + timedelta(seconds=61)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)

    assert may_try(PURSE)
