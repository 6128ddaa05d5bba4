"""Figures for Prometheus: on a port of their own, of all workers, and about nobody."""

import importlib
import random
import re
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from urllib.error import URLError
from urllib.request import urlopen
from uuid import uuid4

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpResponse
from django.test import Client, RequestFactory

from monitoring import security_log
from monitoring.security_log import event_recorded
from tests.attacks.server import Server
from tests.config.production import PRODUCTION_ENVIRONMENT


def free_port() -> int:
    """Return one below those that Linux gives to outgoing connections meanwhile."""
    while True:
        port = random.randrange(10_000, 20_000)  # noqa: S311 - a port is no secret
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def figures(port: int) -> str:
    """Return what a worker says; one that is just ending may drop the question."""
    deadline = time.monotonic() + 10
    while True:
        try:
            with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
                text: str = answer.read().decode()
                return text
        except ConnectionResetError:
            assert time.monotonic() < deadline


@pytest.fixture
def metrics(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The module that is not imported unless it is wanted, at work for one test."""
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    found = importlib.import_module("monitoring.metrics")
    event_recorded.connect(found.count)
    yield found
    event_recorded.disconnect(found.count)


def test_what_is_counted(metrics: ModuleType) -> None:
    server = metrics.serve(0, str(uuid4()))
    user = uuid4()
    security_log.record("sign_in_started", user, kind="token", address="192.0.2.7")
    security_log.record("too_many_attempts", limit="ip", retry_after=9)
    security_log.record("credentials_refused", account="abc")

    def answer(_: object) -> HttpResponse:
        return HttpResponse(status=204)

    metrics.MetricsMiddleware(answer)(RequestFactory().get("/reset/secret/"))
    metrics.MetricsMiddleware(answer)(RequestFactory().generic("BREW", "/"))
    text = figures(server.server_port)
    server.shutdown()
    server.server_close()
    for line in (
        'security_events_total{event="sign_in_started"} 1.0',
        'security_events_total{event="credentials_refused"} 1.0',
        'sign_ins_total{kind="token"} 1.0',
        'too_many_attempts_total{limit="ip"} 1.0',
        'http_request_duration_seconds_count{method="GET",route="none",status="204"} 1.0',
        'http_request_duration_seconds_count{method="other",route="none",status="204"} 1.0',
    ):
        assert line in text
    assert not re.search(f"{user}|192.0.2|secret|abc|BREW", text)


def test_requests_go_by_their_route(metrics: ModuleType, client: Client) -> None:
    request = client.get("/health/live/").wsgi_request

    metrics.MetricsMiddleware(lambda _: HttpResponse())(request)

    (found,) = metrics.SECONDS.labels("GET", "/health/live/", 200).collect()
    assert [s.value for s in found.samples if s.name.endswith("_count")] == [1.0]


def test_all_workers_answer_for_all_and_those_that_replace_them_go_on(tmp_path: Path) -> None:
    port, folder = free_port(), tmp_path / "figures"
    folder.mkdir()
    server = Server(
        tmp_path,
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
                assert f'route="/health/ready/",status="200"}} {called}.0' in figures(port)
            server.restart_workers()
        server.call("GET", "/health/ready/")
        places = {path.stem.split("_")[1] for path in folder.glob("*.db")}
        assert places <= {"0", "1", "2", "3"}
    with pytest.raises(URLError):
        figures(port)


@pytest.mark.parametrize("port", ["0", "65536", "many"])
def test_no_port(load: Callable[[str, dict[str, str]], ModuleType], port: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="  METRICS_PORT: "):
        load("production", PRODUCTION_ENVIRONMENT | {"METRICS_PORT": port})


def test_requests_are_timed_where_there_is_a_port(
    load: Callable[[str, dict[str, str]], ModuleType],
) -> None:
    name = "monitoring.metrics.MetricsMiddleware"
    assert name not in load("production", PRODUCTION_ENVIRONMENT).MIDDLEWARE
    wanted = PRODUCTION_ENVIRONMENT | {"METRICS_PORT": "9000"}
    assert load("production", wanted).MIDDLEWARE[0] == name
