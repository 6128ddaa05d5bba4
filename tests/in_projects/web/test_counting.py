"""The cache backends count attempts exactly."""

import os
from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import KEY_PREFIX
from web.caches import Attempt, Counter, Exhausted, LocMemCache, RedisCache

REDIS_URL = os.environ.get("REDIS_URL", "")
NOW = 1_900_000_000.5
FIRST, SECOND = Counter("first", 2, 60), Counter("second", 1, 90)


def local_memory() -> LocMemCache:
    return LocMemCache(KEY_PREFIX, {"KEY_PREFIX": os.urandom(8).hex()})


def in_redis() -> RedisCache:
    return RedisCache(REDIS_URL, {"KEY_PREFIX": f"{KEY_PREFIX}{os.urandom(8).hex()}"})


@pytest.fixture(
    params=[
        local_memory,
        pytest.param(
            in_redis,
            marks=[
                pytest.mark.redis,
                pytest.mark.skipif(not REDIS_URL, reason="REDIS_URL names no server"),
            ],
        ),
    ],
    ids=["local memory", "redis"],
)
def cache(request: pytest.FixtureRequest) -> Any:
    """Each backend."""
    make: Callable[[], Any] = request.param
    return make()


def test_attempt_counts_until_a_limit_is_reached(cache: Any) -> None:
    assert cache.count([FIRST], NOW) == [Attempt("first", 1_900_000_061)]
    cache.count([FIRST], NOW + 30)

    with pytest.raises(Exhausted) as refusal:
        cache.count([FIRST], NOW + 60)
    assert (refusal.value.place, refusal.value.end) == (0, 1_900_000_061)


def test_attempt_that_one_counter_rejects_counts_for_none(cache: Any) -> None:
    cache.count([SECOND], NOW)
    for _ in range(3):
        with pytest.raises(Exhausted) as refusal:
            cache.count([FIRST, SECOND], NOW)
        assert refusal.value.place == 1

    assert [attempt.key for attempt in cache.count([FIRST], NOW)] == ["first"]
    cache.count([FIRST], NOW)


def test_window_ends_by_the_time_of_the_caller(cache: Any) -> None:
    cache.count([SECOND], NOW)

    assert cache.count([SECOND], NOW + 91) == [Attempt("second", 1_900_000_182)]


def test_attempt_is_refunded_within_its_window_only(cache: Any) -> None:
    attempts = cache.count([FIRST, SECOND], NOW)
    assert cache.count([SECOND], NOW, attempts) == [attempts[1]]
    cache.count([FIRST], NOW)
    cache.count([FIRST], NOW)

    cache.count([FIRST], NOW + 61)
    cache.count([FIRST], NOW + 61, attempts)
    with pytest.raises(Exhausted):
        cache.count([FIRST], NOW + 61, attempts)


def test_refund_happens_even_if_the_next_counter_is_exhausted(cache: Any) -> None:
    cache.count([SECOND], NOW)
    attempts = cache.count([FIRST], NOW)
    with pytest.raises(Exhausted):
        cache.count([SECOND], NOW, attempts)

    cache.count([FIRST], NOW)
    cache.count([FIRST], NOW)


def test_client_is_made_once_for_each_server() -> None:
    client = RedisCache(["redis://127.0.0.1:1/0", "redis://127.0.0.1:2/0"], {})._cache  # noqa: SLF001 - as Django names it

    assert client.get_client(write=True) is client.get_client(write=True)
    assert client.get_client() is client.get_client()
    assert client.get_client() is not client.get_client(write=True)
