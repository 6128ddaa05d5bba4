"""One running service for all of these tests."""

import os
from collections.abc import Iterator

import pytest

from tests.attacks.server import Server


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The service as it runs in production, with the cache of the tests."""
    running = Server(tmp_path_factory.mktemp("server"), os.environ.get("REDIS_URL", ""))
    with running.running():
        yield running


@pytest.fixture(scope="session")
def without_a_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The service, whose cache does not answer."""
    running = Server(tmp_path_factory.mktemp("without-cache"), "redis://127.0.0.1:1/0")
    with running.running():
        yield running


@pytest.fixture(scope="session")
def two_workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The service as two processes, which share their cache."""
    running = Server(tmp_path_factory.mktemp("two"), os.environ.get("REDIS_URL", ""), workers=2)
    with running.running():
        yield running


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what takes a cache that processes share, where there is none."""
    if not os.environ.get("REDIS_URL"):
        for item in items:
            if item.get_closest_marker("redis"):
                item.add_marker(pytest.mark.skip("REDIS_URL names no server"))
