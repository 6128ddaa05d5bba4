"""The cache backends count attempts, Redis in one round trip."""

from typing import Any

import pytest
import redis

from web.caches import Attempt, Counter, Exhausted, LocMemCache, RedisCache

# Nothing listens there, so connections are refused immediately.
UNREACHABLE = "redis://127.0.0.1:1/0"
NOW = 1_900_000_000.5
FIRST, SECOND = Counter("first", 2, 60), Counter("second", 1, 90)


def test_attempts_count_until_a_limit_is_reached_or_they_are_refunded() -> None:
    cache = LocMemCache("tests of counters", {})
    attempts = cache.count([FIRST, SECOND], NOW)
    assert attempts == [Attempt("first", 1_900_000_061), Attempt("second", 1_900_000_091)]

    with pytest.raises(Exhausted) as refusal:
        cache.count([FIRST, SECOND], NOW)
    assert (refusal.value.place, refusal.value.end) == (1, 1_900_000_091)

    assert cache.count([SECOND], NOW, attempts) == [attempts[1]]
    cache.count([SECOND], NOW + 91, attempts)
    with pytest.raises(Exhausted):
        cache.count([SECOND], NOW + 91, attempts)


def test_counters_in_redis_take_one_command(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[Any] = []

    def execute(_: Any, name: str, *words: Any, **options: Any) -> list[int]:
        sent.append(name)
        return [-1, 1, 2]

    monkeypatch.setattr(redis.Redis, "execute_command", execute)

    cache = RedisCache(UNREACHABLE, {})
    for _ in range(2):
        found = cache.count([FIRST, SECOND], NOW)
        assert found == [Attempt("first", 1), Attempt("second", 2)]
    assert sent == ["EVALSHA", "EVALSHA"]
