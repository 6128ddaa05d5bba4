"""A Redis cache that degrades to misses during an outage."""

from collections.abc import Callable, Iterable
from typing import Any

import structlog
from django.core.cache.backends.base import DEFAULT_TIMEOUT
from redis.exceptions import RedisError

from web.caches import RedisCache

log = structlog.get_logger(__name__)


class OptionalRedisCache(RedisCache):
    """Redis cache that logs connection errors and then behaves as if it were empty.

    Use it only for data that is also in the database: `cached_db` then reads sessions from there.
    A session that could not be deleted from the cache is still revoked, because every request
    looks up its sign-in in the database.
    """

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return _run(lambda: super(OptionalRedisCache, self).get(key, default, version), default)

    def set(
        self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> None:
        _run(lambda: super(OptionalRedisCache, self).set(key, value, timeout, version))

    def delete(self, key: Any, version: int | None = None) -> bool:
        return bool(_run(lambda: super(OptionalRedisCache, self).delete(key, version)))

    def delete_many(self, keys: Iterable[Any], version: int | None = None) -> None:
        _run(lambda: super(OptionalRedisCache, self).delete_many(keys, version))

    def has_key(self, key: Any, version: int | None = None) -> bool:
        return bool(_run(lambda: super(OptionalRedisCache, self).has_key(key, version)))


def _run(operation: Callable[[], Any], fallback: Any = None) -> Any:
    try:
        return operation()
    except RedisError:
        log.exception("session_cache_unavailable")
        return fallback
