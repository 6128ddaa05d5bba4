"""How gunicorn works here: its limits, and an access log that gives nothing away."""  # noqa: INP001

import json
import os
import re
import tempfile
from datetime import UTC, datetime, timedelta
from errno import EINVAL
from socket import SHUT_RDWR
from typing import Any

from gunicorn.glogging import Logger  # type: ignore[import-untyped]  # it has no types
from gunicorn.workers.gthread import ThreadWorker  # type: ignore[import-untyped]  # as above

wsgi_app = "config.wsgi"
# [::]:8000 listens on IPv4 and IPv6; several addresses are separated by commas.
bind = os.environ.get("BIND", "0.0.0.0:8000").split(",")
# The port opens when there is somebody to answer: until then a proxy asks another node.
preload_app = True
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = 4

timeout = 30
graceful_timeout = 30
# Longer than proxies keep an idle connection, so that it is never closed under a request.
keepalive = 75
max_requests = 1000
max_requests_jitter = 100

limit_request_line = 4094
limit_request_fields = 100
limit_request_field_size = 8190

# Django alone decides which proxies to trust, by TRUSTED_PROXY_COUNT. A peer on a socket in the
# file system is trusted by gunicorn whatever these addresses are, so the headers go as well.
forwarded_allow_ips = ""
forwarder_headers = ""
secure_scheme_headers: dict[str, str] = {}
# A socket in the home directory, which a read-only root does not have.
control_socket_disable = True

# The fixed text at the beginning of each of gunicorn's notes on requests that it cannot read.
UNREADABLE = re.compile(r"Invalid request from ip=\S*: [A-Za-z -]*")


# {% if cookiecutter.auth != "jwt" %}
# What follows in these paths is as good as a password.
MAIL_LINKS = ("/accounts/reset/", "/accounts/verify-email/")


def masked(path: str) -> str:
    """Return `path` without the secret of a link from an email."""
    for link in MAIL_LINKS:
        if link in path:
            return f"{link}..."
    return path


# {% endif %}
class RequestLogger(Logger):  # type: ignore[misc]  # as above
    """Writes one line of JSON for each request, without its query string."""

    def warning(self, msg: str, *args: Any, **kwargs: Any) -> None:
        """Log a warning; one on an unreadable request ends before what the client sent."""
        found = UNREADABLE.match(msg)
        super().warning(found[0].rstrip() if found else msg, *args, **kwargs)

    def exception(self, msg: str, *args: Any, **kwargs: Any) -> None:
        """Log an exception, without the URL of the request."""
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
        """Log a request that was answered."""
        path = environ.get("PATH_INFO", "")
        # {% if cookiecutter.auth != "jwt" %}
        path = masked(path)
        # {% endif %}
        line = {
            "event": "access",
            "method": environ.get("REQUEST_METHOD"),
            "path": path,
            "status": int(str(resp.status).split()[0]),
            "bytes": resp.sent,
            "milliseconds": round(request_time.total_seconds() * 1000),
            "peer": environ.get("REMOTE_ADDR"),
            "request_id": environ.get("HTTP_X_REQUEST_ID"),
            "timestamp": datetime.now(UTC).isoformat(),
        }
        self.access_log.info("%s", json.dumps(line))


# Where all workers keep their figures, if anybody wants them.
metrics_port = int(os.environ.get("METRICS_PORT", "0"))
if metrics_port:
    os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", tempfile.mkdtemp(prefix="metrics-"))


def pre_fork(server: Any, worker: Any) -> None:
    """Give the worker a place that no other has: the first that is free."""
    taken = {other.place for other in server.WORKERS.values()}
    worker.place = next(n for n in range(len(taken) + 1) if n not in taken)


def post_worker_init(worker: Any) -> None:
    """Open the port for Prometheus in each worker, which can all answer for each other."""
    if metrics_port:
        # Not before the settings have looked whether what it needs is installed.
        from monitoring import metrics  # noqa: PLC0415

        metrics.serve(metrics_port, str(worker.place))


class Worker(ThreadWorker):  # type: ignore[misc]  # as above
    """Finishes what it has begun when the door is closed."""

    def accept(self, listener: Any) -> None:
        """Take the next connection, if there may still be one."""
        try:
            super().accept(listener)
        except OSError as error:
            if error.errno != EINVAL:
                raise
            self.alive = False


def when_ready(server: Any) -> None:
    """Have the server close its door before it stops.

    By itself it leaves the door open until the last request is answered, and whoever has come in
    meanwhile is dropped. A proxy that is refused asks another node instead.
    """
    stop = server.stop

    def close_and_stop(*words: Any) -> None:
        # Unless a process that takes over has the same door.
        if server.reexec_pid == server.master_pid == 0:
            for listener in server.LISTENERS:
                listener.sock.shutdown(SHUT_RDWR)
        stop(*words)

    server.stop = close_and_stop


worker_class = Worker
accesslog = "-"
logger_class = RequestLogger
