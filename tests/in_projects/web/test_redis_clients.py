"""Clients of Redis, which the cache backends keep."""

from web.caches import RedisCache

SERVERS = ["redis://127.0.0.1:1/0", "redis://127.0.0.1:2/0"]


def test_client_is_made_once_for_each_server() -> None:
    client = RedisCache(SERVERS, {})._cache  # noqa: SLF001 - as Django names it

    assert client.get_client(write=True) is client.get_client(write=True)
    assert client.get_client() is client.get_client()
    assert client.get_client() is not client.get_client(write=True)
