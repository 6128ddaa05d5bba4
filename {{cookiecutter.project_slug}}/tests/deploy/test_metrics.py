"""Metrics for Prometheus: on their own port, of all workers, without personal data."""

import importlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from urllib.request import urlopen
from uuid import uuid4

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpResponse
from django.test import Client, RequestFactory

from monitoring import security_log
from monitoring.security_log import event_recorded
from tests.config.production import PRODUCTION_ENVIRONMENT

Load = Callable[[str, dict[str, str]], ModuleType]


@pytest.fixture
def metrics(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The module, which is imported only if there is a port for it."""
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    found = importlib.import_module("monitoring.metrics")
    event_recorded.connect(found.count_event)
    yield found
    event_recorded.disconnect(found.count_event)


def test_events_and_requests_are_counted_without_personal_data(metrics: ModuleType) -> None:
    server = metrics.serve(0, str(uuid4()))
    user = uuid4()
    security_log.record("sign_in_started", user, kind="token", address="192.0.2.7")
    security_log.record("too_many_attempts", limit="ip", retry_after=9)
    security_log.record("credentials_refused", account="abc")
    middleware = metrics.MetricsMiddleware(lambda _: HttpResponse(status=204))
    middleware(RequestFactory().get("/reset/secret/"))
    middleware(RequestFactory().generic("BREW", "/"))
    with urlopen(f"http://127.0.0.1:{server.server_port}/metrics", timeout=10) as answered:
        text = answered.read().decode()
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


def test_requests_are_counted_by_their_route(metrics: ModuleType, client: Client) -> None:
    request = client.get("/health/live/").wsgi_request

    metrics.MetricsMiddleware(lambda _: HttpResponse())(request)

    (found,) = metrics.SECONDS.labels("GET", "/health/live/", 200).collect()
    assert [s.value for s in found.samples if s.name.endswith("_count")] == [1.0]


@pytest.mark.parametrize("port", ["0", "65536"])
def test_invalid_port_is_refused(load: Load, port: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="  METRICS_PORT: "):
        load("production", PRODUCTION_ENVIRONMENT | {"METRICS_PORT": port})


def test_requests_are_timed_where_there_is_a_port(load: Load) -> None:
    name = "monitoring.metrics.MetricsMiddleware"
    assert name not in load("production", PRODUCTION_ENVIRONMENT).MIDDLEWARE
    wanted = PRODUCTION_ENVIRONMENT | {"METRICS_PORT": "9000"}
    assert load("production", wanted).MIDDLEWARE[0] == name
