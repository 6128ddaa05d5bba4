"""Error reports name the error and its place, and hold no private data."""

import json
from collections.abc import Iterator
from unittest.mock import Mock
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

# What the SDK replaces for good, and what would slow every test that follows.
PATCHED = [
    (BaseHandler, "get_response"),
    (BaseHandler, "load_middleware"),
    (BaseHandler, "make_view_atomic"),
    (base, "import_string"),
    (Signal, "_live_receivers"),
    (WSGIHandler, "__call__"),
]


@pytest.fixture
def transport(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mock]:
    """What the SDK gives its reports to."""
    transport = Mock()
    for owner, name in PATCHED:
        monkeypatch.setattr(owner, name, getattr(owner, name))
    monkeypatch.setattr(sentry_sdk.client, "make_transport", lambda _: transport)
    structlog.contextvars.clear_contextvars()
    sentry.initialize("http://public@127.0.0.1/1")
    yield transport
    sentry_sdk.get_client().close()
    sentry_sdk.get_global_scope().set_client(None)


def sent_by(transport: Mock) -> bytes:
    ((envelope,), _) = transport.capture_envelope.call_args
    content: bytes = envelope.serialize()
    return content


def test_report_holds_no_secret(
    transport: Mock, client: Client, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "JsonResponse", Mock(side_effect=LookupError(user.email)))
    client.raise_request_exception = False
    secret = uuid4().hex
    client.cookies["credential"] = secret
    response = client.get(
        f"/health/live/?{secret}",
        headers={"authorization": f"Basic {secret}"},
        REMOTE_ADDR="203.0.113.77",
    )
    assert response.status_code == 500
    sent = sent_by(transport)
    event = json.loads(sent.splitlines()[-1])
    (error,) = event["exception"]["values"]
    assert (error["type"], event["transaction"]) == ("LookupError", "/health/live/")
    assert "live" in {frame["function"] for frame in error["stacktrace"]["frames"]}
    assert event["tags"] == {"request_id": response.wsgi_request.META["HTTP_X_REQUEST_ID"]}
    assert not {"request", "breadcrumbs", "user", "extra", "contexts"} & set(event)
    for private in (secret, user.email, str(user.pk), "203.0.113.77"):
        assert private not in sent.decode(), private


def test_report_outside_a_request_has_no_id(transport: Mock) -> None:
    sentry_sdk.capture_exception(LookupError())
    sent = sent_by(transport)
    assert "tags" not in json.loads(sent.splitlines()[-1])
