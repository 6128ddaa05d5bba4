"""Metrics for Prometheus: events of the security log and durations of requests.

Imported only if `METRICS_PORT` is set. Workers write their metrics to files in the directory
`PROMETHEUS_MULTIPROC_DIR`, so each of them can report the metrics of all.
"""

# mypy: disallow-untyped-calls

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


class _WorkerSlot:
    """The name of the metrics files of this process.

    One name for each worker that can run concurrently. Process IDs would leave behind more files
    with every restart.
    """

    name = "first"

    def __call__(self) -> str:
        return self.name


_slot = _WorkerSlot()
values.ValueClass = values.MultiProcessValue(_slot)  # type: ignore[no-untyped-call]  # it has no types

EVENTS = Counter("security_events", "Lines of the security log.", ["event"])
SIGN_INS = Counter("sign_ins", "Sign-ins that were started.", ["kind"])
LOCKOUTS = Counter("too_many_attempts", "Attempts that a rate limit rejected.", ["limit"])
SECONDS = Histogram(
    "http_request_duration_seconds", "Duration of HTTP requests.", ["method", "route", "status"]
)


@receiver(event_recorded)
def count_event(event: str, facts: dict[str, Any], **_: Any) -> None:
    """Count an event; no label identifies the user."""
    EVENTS.labels(event).inc()
    if event == "sign_in_started":
        SIGN_INS.labels(facts["kind"]).inc()
    if event == "too_many_attempts":
        LOCKOUTS.labels(facts["limit"]).inc()


class MetricsMiddleware:
    """Middleware that measures the duration of requests, labeled with their routes."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = perf_counter()
        response = self.get_response(request)
        match = request.resolver_match
        method = request.method if request.method in METHODS else "other"
        route = f"/{match.route}" if match else "none"
        SECONDS.labels(method, route, response.status_code).observe(perf_counter() - started)
        return response


class _Server(ThreadingMixIn, WSGIServer):
    """A server that shares its port with the servers of the other workers."""

    allow_reuse_port = True
    daemon_threads = True


class _SilentHandler(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Log nothing: the log is for requests to the service."""


def serve(port: int, slot: str) -> _Server:
    """Start a server that returns the metrics of all workers; keep its port private.

    Args:
        port: the TCP port, the same for every worker; 0 selects a free port.
        slot: the name of the metrics files of this worker, unique among the running workers.

    Returns:
        The server, which runs in a daemon thread.

    Raises:
        OSError: the port cannot be used.
    """
    _slot.name = slot
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # it has no types
    # In a container, the surrounding network decides which hosts reach this port.
    server = make_server("0.0.0.0", port, make_wsgi_app(registry), _Server, _SilentHandler)  # noqa: S104 # nosec B104
    Thread(target=server.serve_forever, name="metrics", daemon=True).start()
    return server
