"""A cache whose absence is no error, for what the database holds as well."""

from collections.abc import Callable, Iterable
from typing import Any

import structlog
from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)


class OptionalRedisCache(RedisCache):
    """Redis, or nothing while it is away.

    Sessions stand in the database too, so that reading goes on there. What could not be removed
    here ends nevertheless: the sign-in of a session is asked for in the database every time.
    """

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """Return what is stored, or `default`."""
        return _tried(lambda: super(OptionalRedisCache, self).get(key, default, version), default)

    def set(
        self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> None:
        """Store if possible."""
        _tried(lambda: super(OptionalRedisCache, self).set(key, value, timeout, version))

    def delete(self, key: Any, version: int | None = None) -> bool:
        """Remove if possible."""
        return bool(_tried(lambda: super(OptionalRedisCache, self).delete(key, version)))

    def delete_many(self, keys: Iterable[Any], version: int | None = None) -> None:
        """Remove all of them if possible."""
        _tried(lambda: super(OptionalRedisCache, self).delete_many(keys, version))

    def has_key(self, key: Any, version: int | None = None) -> bool:
        """Return whether it is known to be there."""
        return bool(_tried(lambda: super(OptionalRedisCache, self).has_key(key, version)))


def _tried(operation: Callable[[], Any], otherwise: Any = None) -> Any:
    try:
        return operation()
    except RedisError:
        log.exception("session_cache_unavailable")
        return otherwise
