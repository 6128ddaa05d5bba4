"""One running service for all of these tests, and its clients."""

import os
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from tests.attacks.client import Client
from tests.attacks.server import Server, prepared

for path in sorted(Path(__file__).parent.glob("*/client.py")):
    import_module(f"tests.attacks.{path.parent.name}.client")


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a database with users, which all servers share."""
    with prepared(tmp_path_factory.mktemp("database")) as url:
        yield url


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, database: str) -> Iterator[Server]:
    """The service as it runs in production."""
    server = Server(tmp_path_factory.mktemp("server"), database, os.environ.get("REDIS_URL", ""))
    with server.running():
        yield server


@pytest.fixture(scope="session")
def without_a_cache(tmp_path_factory: pytest.TempPathFactory, database: str) -> Iterator[Server]:
    """The service with an unreachable cache."""
    server = Server(tmp_path_factory.mktemp("server"), database, "redis://127.0.0.1:1/0")
    with server.running():
        yield server


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
