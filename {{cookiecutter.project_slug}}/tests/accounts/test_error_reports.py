"""Error reports name the error and its place, and hold no private data."""

import gzip
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any
from uuid import uuid4

import pytest
import sentry_sdk
import structlog
from django.core.handlers import base
from django.core.handlers.base import BaseHandler
from django.core.handlers.wsgi import WSGIHandler
from django.dispatch import Signal
from django.test import Client

from accounts.models import User
from monitoring import sentry
from monitoring.health import views


class Receiver(HTTPServer):
    """Takes what is sent to it, as Sentry would."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.received: list[bytes] = []


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        zipped = self.headers.get("Content-Encoding") == "gzip"
        self.server.received.append(gzip.decompress(body) if zipped else body)
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


# What the SDK replaces for good, and what would slow every test that follows.
PATCHED = [
    (BaseHandler, "get_response"),
    (BaseHandler, "load_middleware"),
    (BaseHandler, "make_view_atomic"),
    (base, "import_string"),
    (Signal, "_live_receivers"),
    (WSGIHandler, "__call__"),
]


@pytest.fixture(scope="module")
def receiver_of_all() -> Iterator[Receiver]:
    with Receiver() as server, pytest.MonkeyPatch.context() as monkeypatch:
        for owner, name in PATCHED:
            monkeypatch.setattr(owner, name, getattr(owner, name))
        Thread(target=server.serve_forever, daemon=True).start()
        sentry.initialize(f"http://public@127.0.0.1:{server.server_port}/1")
        yield server
        sentry_sdk.get_client().close()
        sentry_sdk.get_global_scope().set_client(None)
        server.shutdown()


@pytest.fixture
def receiver(receiver_of_all: Receiver) -> Receiver:
    """A receiver of reports that holds none."""
    structlog.contextvars.clear_contextvars()
    receiver_of_all.received.clear()
    return receiver_of_all


def test_report_holds_no_secret(
    receiver: Receiver, client: Client, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise LookupError(user.email)

    monkeypatch.setattr(views, "JsonResponse", fail)
    client.raise_request_exception = False
    secret = uuid4().hex
    client.cookies["credential"] = secret
    response = client.get(
        f"/health/live/?{secret}",
        headers={"authorization": f"Basic {secret}"},
        REMOTE_ADDR="203.0.113.77",
    )
    assert response.status_code == 500
    sentry_sdk.flush(timeout=10)
    (sent,) = receiver.received
    event = json.loads(sent.splitlines()[-1])
    (error,) = event["exception"]["values"]
    assert (error["type"], event["transaction"]) == ("LookupError", "/health/live/")
    assert error["stacktrace"]["frames"][-1]["function"] == "fail"
    assert event["tags"] == {"request_id": response.wsgi_request.META["HTTP_X_REQUEST_ID"]}
    assert not {"request", "breadcrumbs", "user", "extra", "contexts"} & set(event)
    for private in (secret, user.email, str(user.pk), "203.0.113.77"):
        assert private not in sent.decode(), private


def test_report_outside_a_request_has_no_id(receiver: Receiver) -> None:
    try:
        raise LookupError  # noqa: TRY301 - what is reported is what was caught
    except LookupError:
        sentry_sdk.capture_exception()
    sentry_sdk.flush(timeout=10)
    (sent,) = receiver.received
    assert "tags" not in json.loads(sent.splitlines()[-1])
