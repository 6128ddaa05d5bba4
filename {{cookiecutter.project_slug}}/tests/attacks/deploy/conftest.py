"""Fixtures of the service, started as in the container."""

from collections.abc import Iterator

import pytest

from tests.attacks.server import Server


@pytest.fixture(scope="package")
def deployed(tmp_path_factory: pytest.TempPathFactory, database: str) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("deployed")
    server = Server(folder, database, options=["--config", "deploy/gunicorn.conf.py"])
    with server.running():
        yield server
