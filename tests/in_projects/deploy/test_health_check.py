"""The health check of the container, with servers on IPv4 and IPv6."""

import runpy
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from socket import AF_INET6
from threading import Thread

import pytest

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"


class Handler(BaseHTTPRequestHandler):
    """A service that is live."""

    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/health/live/" else 404)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


class Server6(HTTPServer):
    address_family = AF_INET6


@pytest.mark.parametrize(
    ("server", "host", "bind"),
    [
        (HTTPServer, "127.0.0.1", "0.0.0.0:{}"),
        (Server6, "::1", "[::1]:{}"),
        (Server6, "::1", "[::]:{}"),
    ],
)
def test_health_check_asks_where_the_server_listens(
    monkeypatch: pytest.MonkeyPatch, server: Callable[..., HTTPServer], host: str, bind: str
) -> None:
    """E10: the container's own check follows the address."""
    with server((host, 0), Handler) as running:
        Thread(target=running.serve_forever, daemon=True).start()
        monkeypatch.setenv("BIND", bind.format(running.server_port))
        with pytest.raises(SystemExit) as done:
            runpy.run_path(str(DEPLOY / "healthcheck.py"))
        running.shutdown()

    assert not done.value.code


def test_empty_variables_count_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("METRICS_PORT", "WEB_CONCURRENCY"):
        monkeypatch.setenv(name, "")

    found = runpy.run_path(str(DEPLOY / "gunicorn.conf.py"))

    assert (found["workers"], found["metrics_port"]) == (2, 0)
