"""Readiness, log lines and encodings of requests."""

import asyncio
import json
import logging
from unittest.mock import AsyncMock, Mock
from urllib.parse import quote

import pytest
import structlog
from django.db import DatabaseError
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpResponseForbidden
from django.test import Client
from pytest_django import Settings

from monitoring.health import migrations
from monitoring.request_log import RequestLogMiddleware, RoutesForPaths
from tests.conftest import REQUEST
from web.charset import utf_8_only, utf_8_only_async

READY = (200, {"status": "ok"})
UNAVAILABLE = (503, {"status": "unavailable"})


def readiness(client: Client) -> tuple[int, object]:
    response = client.get("/health/ready/")
    return response.status_code, json.loads(response.content)


def test_service_is_ready_once_no_migration_is_missing(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(migrations, "_none_missing", False)
    broken = Mock(side_effect=DatabaseError("password=secret"))
    with monkeypatch.context() as patch:
        patch.setattr(migrations, "MigrationExecutor", broken)
        assert readiness(client) == UNAVAILABLE
    newest = MigrationRecorder.Migration.objects.filter(app="accounts").latest("pk")
    MigrationRecorder.Migration.objects.filter(pk=newest.pk).update(app="elsewhere")
    assert [readiness(client) for _ in range(2)] == [UNAVAILABLE, UNAVAILABLE]
    assert f"accounts.{newest.name}" in caplog.text

    MigrationRecorder.Migration.objects.filter(app="elsewhere").update(app="accounts")
    assert readiness(client) == READY
    # From now on, they are not read again.
    monkeypatch.setattr(migrations, "MigrationExecutor", broken)
    assert readiness(client) == READY


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
def test_log_lines_share_the_request_id_of_a_trusted_proxy(
    settings: Settings,
    db: None,
    caplog: pytest.LogCaptureFixture,
    proxies: int,
    given: str,
    taken: bool,
) -> None:
    settings.TRUSTED_PROXY_COUNT = proxies
    with caplog.at_level(logging.INFO):
        request = Client().get("/no/such/", headers={"x-request-id": given}).wsgi_request
    found = request.META["HTTP_X_REQUEST_ID"]
    assert (found == given) is taken
    assert len(found) >= 16
    (finished,) = lines_of_requests(caplog)
    assert found in finished
    # What Django adds when the last middleware is done.
    assert structlog.contextvars.get_contextvars()["request_id"] == found


def test_each_request_is_one_line_with_the_program_of_its_client(
    db: None, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        Client().get("/health/live/", headers={"user-agent": "a browser"})

    (line,) = [str(r.msg) for r in caplog.records]
    assert "request_finished" in line
    assert "a browser" in line


def test_forbidden_request_is_recorded(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        RequestLogMiddleware(lambda _: HttpResponseForbidden())(REQUEST)
    assert "permission_refused" in caplog.text


@pytest.mark.parametrize("url", ["/?q=%00", "/%00/", "/health/live/?%00"])
def test_nul_is_refused(client: Client, db: None, url: str) -> None:
    assert client.get(url).status_code == 400
    assert client.get("/health/live/?q=%2500").status_code == 200


@pytest.mark.parametrize(
    ("sent", "seen"),
    [
        ("text/plain; charset=base64", "text/plain"),
        ("text/plain;CHARSET = base64", "text/plain"),
        ("multipart/form-data; boundary=x; charset=base64", "multipart/form-data; boundary=x"),
        ("multipart/form-data; charset=base64; boundary=x", "multipart/form-data; boundary=x"),
        ("application/json", "application/json"),
        ("", ""),
    ],
)
def test_only_the_character_set_is_removed_from_the_content_type(sent: str, seen: str) -> None:
    plain, asynchronous, headers = Mock(), AsyncMock(), [(b"host", b"testserver")]

    utf_8_only(plain)({"CONTENT_TYPE": sent}, print)
    scope = {"headers": [*headers, (b"content-type", sent.encode())]}
    asyncio.run(utf_8_only_async(asynchronous)(scope, None, None))  # type: ignore[arg-type]  # a coroutine

    assert plain.call_args.args[0] == {"CONTENT_TYPE": seen}
    assert asynchronous.call_args.args[0] == {
        "headers": [*headers, (b"content-type", seen.encode())]
    }
