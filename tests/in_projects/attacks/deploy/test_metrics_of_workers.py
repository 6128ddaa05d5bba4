"""Metrics of several workers, which share a port."""

import random
import socket
import time
from contextlib import suppress
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from tests.attacks.server import Server
from tests.attacks.workers import restart_workers


def free_port() -> int:
    """Return a free port below those that Linux gives to outgoing connections."""
    while True:
        port = random.randrange(10_000, 20_000)  # noqa: S311 - a port is no secret
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def metrics(port: int) -> str:
    """Return the metrics that a worker reports; a worker that stops may drop the request."""
    deadline = time.monotonic() + 10
    while True:
        try:
            with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
                text: str = answer.read().decode()
                return text
        except ConnectionResetError:
            assert time.monotonic() < deadline


def test_every_worker_reports_the_metrics_of_all_workers(tmp_path: Path, database: str) -> None:
    """The metrics have a port of their own, and survive replaced workers."""
    port, folder = free_port(), tmp_path / "figures"
    folder.mkdir()
    server = Server(
        tmp_path,
        database,
        workers=2,
        options=["--config", "deploy/gunicorn.conf.py"],
        METRICS_PORT=str(port),
        PROMETHEUS_MULTIPROC_DIR=str(folder),
    )
    with server.running():
        assert server.call("GET", "/metrics").status == 404
        for called in range(1, 4):
            server.call("GET", "/health/ready/")
            for _ in range(4):
                assert f'route="/health/ready/",status="200"}} {called}.0' in metrics(port)
            restart_workers(server)
        server.call("GET", "/health/ready/")
        places = {path.stem.split("_")[1] for path in folder.glob("*.db")}
        assert places <= {"0", "1", "2", "3"}
    with pytest.raises(URLError):
        metrics(port)
