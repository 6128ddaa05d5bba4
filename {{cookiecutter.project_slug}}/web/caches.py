"""Cache backends: those of Django, which also count attempts against several limits together."""

from collections.abc import Sequence
from math import ceil
from threading import Lock
from typing import Any, NamedTuple, Protocol

from django.core.cache.backends import locmem, redis

# One script is one round trip, and no other client runs a command in between. The counters come
# first, then those to return an attempt to. A window belongs to the time of the callers, not to
# that of Redis, which only removes old keys.
_COUNT = """
local now, counters = tonumber(ARGV[1]), tonumber(ARGV[2])
for place = counters + 1, #KEYS do
    if redis.call("HGET", KEYS[place], "end") == ARGV[2 * counters + 2 + place - counters] then
        redis.call("HINCRBY", KEYS[place], "attempts", -1)
    end
end
local ends = {}
for place = 1, counters do
    local found = redis.call("HMGET", KEYS[place], "end", "attempts")
    local is_open = found[1] and tonumber(found[1]) > now
    ends[place] = is_open and tonumber(found[1]) or 0
    if is_open and tonumber(found[2]) >= tonumber(ARGV[1 + 2 * place]) then
        return {place - 1, ends[place]}
    end
end
for place = 1, counters do
    if ends[place] == 0 then
        local seconds = tonumber(ARGV[2 + 2 * place])
        ends[place] = math.ceil(now) + seconds
        redis.call("DEL", KEYS[place])
        redis.call("HSET", KEYS[place], "end", ends[place])
        redis.call("EXPIRE", KEYS[place], seconds)
    end
    redis.call("HINCRBY", KEYS[place], "attempts", 1)
end
table.insert(ends, 1, -1)
return ends
"""
_counting = Lock()


class Counter(NamedTuple):
    """A counter: its key in the cache, how many attempts a window has, and how long it lasts."""

    key: str
    limit: int
    seconds: int


class Attempt(NamedTuple):
    """A counted attempt: the key of its counter, and the end of the window as a Unix timestamp."""

    key: str
    end: int


class Exhausted(Exception):  # noqa: N818 - an answer
    """Answer that a counter has reached its limit: its place, and when its window ends."""

    def __init__(self, place: int, end: int) -> None:
        super().__init__(place, end)
        self.place, self.end = place, end


class CountingCache(Protocol):
    """A cache that counts attempts."""

    def count(
        self, counters: Sequence[Counter], now: float, refunded: Sequence[Attempt] = ()
    ) -> list[Attempt]:
        """Count one attempt against every counter, or against none of them, in one round trip.

        Args:
            counters: the counters; the first exhausted one is reported.
            now: the current time as a Unix timestamp.
            refunded: attempts to take back before, unless their window has ended.

        Raises:
            Exhausted: a counter has reached its limit.
        """


class RedisClient(redis.RedisCacheClient):
    """Django's client, which keeps what it would make anew for every command.

    Making a `redis.Redis` takes three times as long as a command on a connection of the pool.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._kept: dict[Any, Any] = {}

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        pool = self._get_connection_pool(write)  # type: ignore[attr-defined]  # unknown to the stubs
        if pool not in self._kept:
            self._kept[pool] = super().get_client(key, write=write)
        return self._kept[pool]


class RedisCache(redis.RedisCache):
    """Django's cache in Redis, which also counts attempts."""

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = RedisClient

    def count(
        self, counters: Sequence[Counter], now: float, refunded: Sequence[Attempt] = ()
    ) -> list[Attempt]:
        client = self._cache.get_client(write=True)
        names = [counter.key for counter in counters] + [attempt.key for attempt in refunded]
        keys = [self.make_and_validate_key(name) for name in names]
        limits = [number for each in counters for number in (each.limit, each.seconds)]
        values = [now, len(counters), *limits, *(each.end for each in refunded)]
        found = client.register_script(_COUNT)(keys, values)
        return _attempts(counters, *found)


class LocMemCache(locmem.LocMemCache):
    """Django's cache in the memory of one process, which also counts attempts."""

    def count(
        self, counters: Sequence[Counter], now: float, refunded: Sequence[Attempt] = ()
    ) -> list[Attempt]:
        with _counting:
            for attempt in refunded:
                end, attempts = self.get(attempt.key, (0, 0))
                if end == attempt.end:
                    self.set(attempt.key, (end, attempts - 1), end - now)
            windows = []
            for place, counter in enumerate(counters):
                end, attempts = self.get(counter.key, (0, 0))
                if end <= now:
                    end, attempts = ceil(now) + counter.seconds, 0
                if attempts >= counter.limit:
                    return _attempts(counters, place, end)
                windows.append((end, attempts + 1))
            for counter, window in zip(counters, windows, strict=True):
                self.set(counter.key, window, window[0] - now)
        return _attempts(counters, -1, *(end for end, _ in windows))


def _attempts(counters: Sequence[Counter], exhausted: int, *ends: int) -> list[Attempt]:
    if exhausted >= 0:
        raise Exhausted(exhausted, ends[0])
    return [Attempt(counter.key, end) for counter, end in zip(counters, ends, strict=True)]
