"""The request log and error reports name places and errors, and hold no private data."""

import json
import logging
from collections.abc import Iterator
from unittest.mock import Mock
from urllib.parse import quote
from uuid import uuid4

import pytest
import sentry_sdk
import structlog
from django.core.handlers import base
from django.core.handlers.base import BaseHandler
from django.core.handlers.wsgi import WSGIHandler
from django.dispatch import Signal
from django.http import HttpResponseForbidden
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from monitoring import sentry
from monitoring.health import views
from monitoring.request_log import RequestLogMiddleware, RoutesForPaths
from tests.conftest import REQUEST

# What the SDK replaces for good, and what would slow every test that follows.
PATCHED = [
    (BaseHandler, "get_response"),
    (BaseHandler, "load_middleware"),
    (BaseHandler, "make_view_atomic"),
    (base, "import_string"),
    (Signal, "_live_receivers"),
    (WSGIHandler, "__call__"),
]


def lines_of_requests(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [str(r.msg) for r in caplog.records if "request_finished" in str(r.msg)]


@pytest.mark.parametrize("end", ["", "\N{RIGHT DOUBLE QUOTATION MARK}", "\0", "\n", "\\"])
def test_log_names_routes_and_never_paths(
    client: Client, db: None, caplog: pytest.LogCaptureFixture, end: str
) -> None:
    """E15: also if the link is followed by a character that Django escapes in its log."""
    with caplog.at_level(logging.INFO):
        client.get("/health/live/?secret=1")
        client.get(f"/reset/secret/secret{quote(end)}")
        client.get("/reset/secret/secret/")
        client.post("/health/live/")
    for record in caplog.records:
        assert RoutesForPaths().filter(record)

    first, *_, unknown, _ = lines_of_requests(caplog)
    assert "GET /health/live/" in first
    assert "GET /?" in unknown
    text = "\n".join(record.getMessage() for record in caplog.records)
    assert "Not Found: /?" in text
    assert "Method Not Allowed (POST): /health/live/" in text
    assert "secret" not in text


@pytest.mark.parametrize(
    ("proxies", "given", "taken"),
    [
        (1, "0123456789abcdef", True),
        (1, "short", False),
        (1, "12345678\x1b[31m", False),
        (1, "x" * 65, False),
        (0, "0123456789abcdef", False),
    ],
)
def test_request_is_one_line_with_its_client_and_the_id_of_a_trusted_proxy(
    settings: Settings,
    db: None,
    caplog: pytest.LogCaptureFixture,
    proxies: int,
    given: str,
    taken: bool,
) -> None:
    settings.TRUSTED_PROXY_COUNT = proxies
    with caplog.at_level(logging.INFO):
        headers = {"x-request-id": given, "user-agent": "a browser"}
        request = Client().get("/health/live/", headers=headers).wsgi_request
    found = request.META["HTTP_X_REQUEST_ID"]
    assert (found == given) is taken
    assert len(found) >= 16
    (line,) = [str(record.msg) for record in caplog.records]
    for word in ("request_finished", "a browser", found):
        assert word in line
    # What Django adds when the last middleware is done.
    assert structlog.contextvars.get_contextvars()["request_id"] == found


def test_forbidden_request_is_recorded(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        RequestLogMiddleware(lambda _: HttpResponseForbidden())(REQUEST)
    assert "permission_refused" in caplog.text


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

    structlog.contextvars.clear_contextvars()
    sentry_sdk.capture_exception(LookupError())
    assert "tags" not in json.loads(sent_by(transport).splitlines()[-1])
