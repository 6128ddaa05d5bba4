"""Figures for Prometheus: events of the security log, and how long requests take.

Imported only where `METRICS_PORT` is set. All workers write into files that they share, in the
folder `PROMETHEUS_MULTIPROC_DIR`, and each of them can answer for all.
"""

from collections.abc import Callable
from socketserver import ThreadingMixIn
from threading import Thread
from time import perf_counter
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from prometheus_client import CollectorRegistry, Counter, Histogram, make_wsgi_app, values
from prometheus_client.multiprocess import MultiProcessCollector

from monitoring.security_log import event_recorded

METHODS = {"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"}


class _Place:
    """Which of the files a process writes: one for each worker there may be at once.

    Not one for each process id, of which there are ever more.
    """

    name = "first"

    def __call__(self) -> str:
        return self.name


_place = _Place()
values.ValueClass = values.MultiProcessValue(_place)  # type: ignore[no-untyped-call]  # it has no types

EVENTS = Counter("security_events", "Lines of the security log.", ["event"])
SIGN_INS = Counter("sign_ins", "Sign-ins that began.", ["kind"])
LOCKOUTS = Counter("too_many_attempts", "Tries that a budget refused.", ["limit"])
SECONDS = Histogram(
    "http_request_duration_seconds", "From a request to its answer.", ["method", "route", "status"]
)


@receiver(event_recorded)
def count(event: str, facts: dict[str, Any], **_: Any) -> None:
    """Count an event; no label says whom it was about."""
    EVENTS.labels(event).inc()
    if event == "sign_in_started":
        SIGN_INS.labels(facts["kind"]).inc()
    if event == "too_many_attempts":
        LOCKOUTS.labels(facts["limit"]).inc()


class MetricsMiddleware:
    """Takes the time of each request, under its route and never its path."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Take the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and note how long it took."""
        began = perf_counter()
        response = self.get_response(request)
        match = request.resolver_match
        method = request.method if request.method in METHODS else "other"
        route = f"/{match.route}" if match else "none"
        SECONDS.labels(method, route, response.status_code).observe(perf_counter() - began)
        return response


class _Server(ThreadingMixIn, WSGIServer):
    """Shares its port with the same server of every other worker."""

    allow_reuse_port = True
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Leave the log to those who use the service."""


def serve(port: int, place: str) -> _Server:
    """Answer `GET /metrics` on a port of its own, for all workers; not to be seen from outside.

    Args:
        port: the TCP port, the same for every worker.
        place: the name of the files of this worker, which no other has that runs now.
    """
    _place.name = place
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # it has no types
    # The port of a container: what may reach it is a matter of the network around.
    server = make_server("0.0.0.0", port, make_wsgi_app(registry), _Server, _Quiet)  # noqa: S104 # nosec B104
    Thread(target=server.serve_forever, name="metrics", daemon=True).start()
    return server
