"""Health checks, headers, log lines and IP addresses of requests."""

import json
import logging
from typing import Any

import pytest
import structlog
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client, RequestFactory

from monitoring.health import migrations
from web.client_info import get_client_info


def test_health_says_little(client: Client, db: None) -> None:
    for path in ("/health/live/", "/health/ready/"):
        response = client.get(path)
        assert (response.status_code, json.loads(response.content)) == (200, {"status": "ok"})
        assert client.post(path).status_code == 405


def broken(*_: Any, **__: Any) -> None:
    raise DatabaseError("password=secret")


@pytest.mark.parametrize(
    ("owner", "name"),
    [(connection, "cursor"), (cache, "set")],
    ids=["database", "cache"],
)
def test_not_ready_without_a_server(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch, owner: object, name: str
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(owner, name, broken)
        response = client.get("/health/ready/")
    assert (response.status_code, json.loads(response.content)) == (503, {"status": "unavailable"})
    assert client.get("/health/live/").status_code == 200


def test_not_ready_before_the_tables_are_those_of_the_code(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(migrations, "_none_missing", False)
    newest = MigrationRecorder.Migration.objects.filter(app="accounts").latest("pk")
    MigrationRecorder.Migration.objects.filter(pk=newest.pk).update(app="elsewhere")
    response = client.get("/health/ready/")
    assert (response.status_code, json.loads(response.content)) == (503, {"status": "unavailable"})
    assert f"accounts.{newest.name}" in caplog.text
    MigrationRecorder.Migration.objects.filter(app="elsewhere").update(app="accounts")
    assert client.get("/health/ready/").status_code == 200


def test_readiness_reads_the_migrations_until_none_is_missing(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrations, "_none_missing", False)
    assert client.get("/health/ready/").status_code == 200
    monkeypatch.setattr(migrations, "MigrationExecutor", broken)
    assert client.get("/health/ready/").status_code == 200


@pytest.mark.parametrize("path", ["/health/live/", "/no/such/path"])
def test_headers_are_on_every_answer(client: Client, db: None, path: str) -> None:
    headers = client.get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    policy = headers["Content-Security-Policy"]
    for directive in ("object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"):
        assert directive in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("path", ["/health/live/", "/nothing/"])
def test_nothing_is_cached_that_does_not_say_so(client: Client, db: None, path: str) -> None:
    assert "no-store" in client.get(path).headers["Cache-Control"]


def test_the_log_names_routes_and_never_paths(
    client: Client, db: None, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        client.get("/health/live/?secret=1")
        client.get("/reset/secret/secret/")
    finished = [str(r.msg) for r in caplog.records if "request_finished" in str(r.msg)]
    assert "GET /health/live/" in finished[0]
    assert "GET /?" in finished[1]
    assert "secret" not in "".join(finished)


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
def test_lines_of_one_request_share_the_id_that_the_proxy_gave_it(
    settings: Any,
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
    (finished,) = [str(r.msg) for r in caplog.records if "request_finished" in str(r.msg)]
    assert found in finished
    # What Django adds when the last middleware is done.
    assert structlog.contextvars.get_contextvars()["request_id"] == found


def test_a_bad_host_is_refused(client: Client, db: None) -> None:
    response = client.get("/no/such/path/", headers={"host": "evil.test"})
    assert response.status_code == 400
    assert b"evil" not in response.content


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, None, "192.0.2.1"),
        (0, "203.0.113.9", "192.0.2.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "6.6.6.6, 203.0.113.9", "203.0.113.9"),
        (2, "6.6.6.6, 203.0.113.9, 10.0.0.1", "203.0.113.9"),
        (2, "203.0.113.9", "192.0.2.1"),
        (1, "2001:DB8::1", "2001:db8::1"),
        (1, "203.0.113.9:4711", "203.0.113.9"),
        (1, "[2001:db8::1]:4711", "2001:db8::1"),
        (1, "[2001:db8::1]", "2001:db8::1"),
        (1, "::ffff:203.0.113.9", "203.0.113.9"),
        (1, "fe80::1%eth0", "fe80::1"),
        (1, "<script>", None),
        (1, "203.0.113.9/8", None),
        (1, "1:2", None),
        (1, "", None),
    ],
)
def test_only_trusted_proxies_say_where_a_client_is(
    settings: Any, proxies: int, forwarded: str | None, address: str | None
) -> None:
    settings.TRUSTED_PROXY_COUNT = proxies
    headers = {"x-forwarded-for": forwarded} if forwarded else {}
    request = RequestFactory().get("/", headers=headers, REMOTE_ADDR="192.0.2.1")
    assert get_client_info(request).ip_address == address


def test_clients_of_ipv4_are_not_one_network_where_they_are_written_as_ipv6() -> None:
    requests = [RequestFactory().get("/", REMOTE_ADDR=f"::ffff:192.0.2.{n}") for n in (1, 2)]
    assert len({get_client_info(request).network for request in requests}) == 2


@pytest.mark.parametrize("url", ["/?q=%00", "/%00/", "/health/live/?%00", "/a%00b/"])
def test_no_nul_gets_as_far_as_a_query(client: Client, db: None, url: str) -> None:
    assert client.get(url).status_code == 400
    assert client.get("/health/live/?q=%2500").status_code == 200


def test_a_user_agent_is_cut_and_cleaned() -> None:
    request = RequestFactory().get("/", headers={"user-agent": "a\x00b\n" + "x" * 999})
    assert get_client_info(request).user_agent == "ab" + "x" * 254
