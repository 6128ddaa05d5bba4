"""The cache of tests, which leaves the data of others in a shared cache alone."""

import os

import pytest
from django.core.cache import caches
from redis import Redis

from tests.conftest import KEY_PREFIX, delete_keys, empty_cache

REDIS_URL = os.environ.get("REDIS_URL", "")


def test_each_test_starts_with_an_empty_cache() -> None:
    """F09: workers that run at the same time do not share keys."""
    caches["default"].set("key", "value")
    assert caches["default"].get("key") == "value"

    empty_cache()

    assert caches["default"].get("key") is None
    assert caches["default"].key_prefix.startswith(KEY_PREFIX)


@pytest.mark.redis
@pytest.mark.skipif(not REDIS_URL, reason="REDIS_URL names no server")
def test_only_keys_of_this_run_are_deleted() -> None:
    """F09: the tests deleted every key of the Redis database."""
    foreign = f"another-service-{KEY_PREFIX}"
    with Redis.from_url(REDIS_URL) as client:
        client.set(foreign, "kept", ex=60)
        caches["default"].set("key", "value")

        delete_keys(REDIS_URL, KEY_PREFIX)

        assert client.get(foreign) == b"kept"
        assert caches["default"].get("key") is None
        client.delete(foreign)
