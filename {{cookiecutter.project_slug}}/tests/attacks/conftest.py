"""One running service for all of these tests, and its clients."""

import os
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from tests.attacks.client import Client
from tests.attacks.server import Server

for path in sorted(Path(__file__).parent.glob("*/client.py")):
    import_module(f"tests.attacks.{path.parent.name}.client")


def started(
    factory: pytest.TempPathFactory, redis_url: str = "", workers: int = 1
) -> Iterator[Server]:
    """Start the service, by default with the cache of the tests."""
    url = redis_url or os.environ.get("REDIS_URL", "")
    running = Server(factory.mktemp("server"), url, workers=workers)
    with running.running():
        yield running


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The service as it runs in production."""
    yield from started(tmp_path_factory)


@pytest.fixture(scope="session")
def without_a_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The service with an unreachable cache."""
    yield from started(tmp_path_factory, "redis://127.0.0.1:1/0")


@pytest.fixture(scope="session")
def two_workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The service with two processes that share a cache."""
    yield from started(tmp_path_factory, workers=2)


@pytest.fixture
def email(server: Server) -> str:
    """The email address of a new user."""
    return server.new_user()


@pytest.fixture(params=Client.__subclasses__(), ids=lambda kind: kind.__name__)
def kind(request: pytest.FixtureRequest) -> type[Client]:
    """Each kind of client of the service."""
    found: type[Client] = request.param
    return found


@pytest.fixture
def member(server: Server, kind: type[Client], email: str) -> Client:
    """A client of the user with that email address, signed in."""
    return kind(server).signed_in(email)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip tests that need a shared cache if there is none."""
    if not os.environ.get("REDIS_URL"):
        for item in items:
            if item.get_closest_marker("redis"):
                item.add_marker(pytest.mark.skip("REDIS_URL names no server"))
