"""The cache in Redis."""

from typing import Any

from django.core.cache.backends import redis


class RedisClient(redis.RedisCacheClient):
    """Django's client, which keeps what it would make anew for every command.

    Making a `redis.Redis` takes three times as long as a command on a connection of the pool.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._kept: dict[Any, Any] = {}

    def get_client(self, key: str | None = None, *, write: bool = False) -> Any:
        pool = self._get_connection_pool(write)
        if pool not in self._kept:
            self._kept[pool] = super().get_client(key, write=write)
        return self._kept[pool]


class RedisCache(redis.RedisCache):
    """Django's cache in Redis, which keeps its clients."""

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = RedisClient
