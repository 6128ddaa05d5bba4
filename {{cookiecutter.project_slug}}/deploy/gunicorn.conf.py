"""gunicorn configuration: limits, shutdown, and an access log without secrets."""  # noqa: INP001

import json
import os
import re
import tempfile
from datetime import UTC, datetime, timedelta
from errno import EINVAL
from socket import SHUT_RDWR
from typing import Any

from django.conf import settings
from gunicorn.glogging import Logger  # type: ignore[import-untyped]  # it has no types
from gunicorn.workers.gthread import ThreadWorker  # type: ignore[import-untyped]  # as above

wsgi_app = "config.wsgi"
# [::]:8000 listens on IPv4 and IPv6; several addresses are separated by commas.
_addresses = (os.environ.get("BIND") or "0.0.0.0:8000").split(",")
# gunicorn would take an empty address for port 8000 of every network.
bind = [address.strip() for address in _addresses if address.strip()]
# Loads the application before the port opens, so that proxies use another node until then.
preload_app = True
workers = int(os.environ.get("WEB_CONCURRENCY") or 2)
threads = 4

timeout = 30
graceful_timeout = 30
# Longer than proxies keep an idle connection, so that no request finds it closed.
keepalive = 75
max_requests = 1000
max_requests_jitter = 100

limit_request_line = 4094
limit_request_fields = 100
limit_request_field_size = 8190

# Django alone decides which proxies to trust, by TRUSTED_PROXY_COUNT. gunicorn
# trusts every peer on a Unix socket, regardless of these addresses, so no headers are set either.
forwarded_allow_ips = ""
forwarder_headers = ""
secure_scheme_headers: dict[str, str] = {}
# The socket would be in the home directory, which a read-only root does not have.
control_socket_disable = True

# The fixed beginning of gunicorn's messages about requests that it cannot parse.
UNREADABLE = re.compile(r"Invalid request from ip=\S*: [A-Za-z -]*")


def masked(path: str) -> str:
    """Remove the secret of a link from an email from `path`."""
    for link in settings.MAIL_LINK_PATHS.values():
        beginning = link.partition("{")[0]
        if beginning in path:
            return f"{beginning}..."
    return path


class RequestLogger(Logger):  # type: ignore[misc]  # as above
    """Logger of one JSON line for each request, without the query string."""

    def warning(self, msg: str, *args: Any, **kwargs: Any) -> None:
        # The rest of a message about an invalid request is what the client sent.
        found = UNREADABLE.match(msg)
        super().warning(found[0].rstrip() if found else msg, *args, **kwargs)

    def exception(self, msg: str, *args: Any, **kwargs: Any) -> None:
        # The original message contains the URL.
        if msg.startswith("Error handling request"):
            msg, args = "Error handling request", ()
        super().exception(msg, *args, **kwargs)

    def access(
        self,
        resp: Any,
        req: Any,  # noqa: ARG002 - gunicorn's signature
        environ: dict[str, Any],
        request_time: timedelta,
    ) -> None:
        line = {
            "event": "access",
            "method": environ.get("REQUEST_METHOD"),
            "path": masked(environ.get("PATH_INFO", "")),
            "status": int(str(resp.status).split()[0]),
            "bytes": resp.sent,
            "milliseconds": round(request_time.total_seconds() * 1000),
            "peer": environ.get("REMOTE_ADDR"),
            "request_id": environ.get("HTTP_X_REQUEST_ID"),
            "timestamp": datetime.now(UTC).isoformat(),
        }
        self.access_log.info("%s", json.dumps(line))


# The directory that all workers share for their metrics.
metrics_port = int(os.environ.get("METRICS_PORT") or 0)
if metrics_port:
    os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", tempfile.mkdtemp(prefix="metrics-"))


def pre_fork(server: Any, worker: Any) -> None:
    """Assign the lowest free number to the worker."""
    taken = {other.place for other in server.WORKERS.values()}
    worker.place = next(n for n in range(len(taken) + 1) if n not in taken)


def post_worker_init(worker: Any) -> None:
    """Serve the metrics of all workers from each worker."""
    if metrics_port:
        # The settings have checked by now that the optional package is installed.
        from monitoring import metrics  # noqa: PLC0415

        metrics.serve(metrics_port, str(worker.place))


class Worker(ThreadWorker):  # type: ignore[misc]  # as above
    """Worker that finishes its requests after the listening socket was shut down."""

    def accept(self, listener: Any) -> None:
        try:
            super().accept(listener)
        except OSError as error:
            if error.errno != EINVAL:
                raise
            self.alive = False


def when_ready(server: Any) -> None:
    """Make the server close its listening sockets before it stops.

    By default, gunicorn keeps them open until the last request is finished, and drops the clients
    that connect in the meantime. A proxy whose connection is refused uses another node.
    """
    stop = server.stop

    def close_and_stop(*args: Any) -> None:
        # During an upgrade, the new process uses the same sockets.
        if server.reexec_pid == server.master_pid == 0:
            for listener in server.LISTENERS:
                listener.sock.shutdown(SHUT_RDWR)
        stop(*args)

    server.stop = close_and_stop


worker_class = Worker
accesslog = "-"
logger_class = RequestLogger
