"""What goes round every request: health, headers, log lines, addresses, mails."""

import json
import logging
import smtplib
from typing import Any

import pytest
from django.core import mail as django_mail
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.test import Client, RequestFactory

from accounts import mail
from accounts.client import client_of, network_of


def test_health_says_little(client: Client, db: None) -> None:
    for path in ("/health/live/", "/health/ready/"):
        response = client.get(path)
        assert (response.status_code, json.loads(response.content)) == (200, {"status": "ok"})
        assert client.post(path).status_code == 405


def broken(*_: Any, **__: Any) -> None:
    raise DatabaseError("password=secret")


@pytest.mark.parametrize(
    ("owner", "name"),
    [(connection, "ensure_connection"), (cache, "get")],
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
    assert client_of(request).address == address


def test_clients_of_ipv4_are_not_one_network_where_they_are_written_as_ipv6() -> None:
    requests = [RequestFactory().get("/", REMOTE_ADDR=f"::ffff:192.0.2.{n}") for n in (1, 2)]
    assert len({network_of(client_of(request)) for request in requests}) == 2


@pytest.mark.parametrize("url", ["/?q=%00", "/%00/", "/health/live/?%00", "/a%00b/"])
def test_no_nul_gets_as_far_as_a_query(client: Client, db: None, url: str) -> None:
    assert client.get(url).status_code == 400
    assert client.get("/health/live/?q=%2500").status_code == 200


def test_a_user_agent_is_cut_and_cleaned() -> None:
    request = RequestFactory().get("/", headers={"user-agent": "a\x00b\n" + "x" * 999})
    assert client_of(request).user_agent == "ab" + "x" * 254


def test_a_mail_has_text_and_html(db: None) -> None:
    mail.send("password_changed", "ada@example.com")
    (message,) = django_mail.outbox
    assert isinstance(message, django_mail.EmailMultiAlternatives)
    assert [kind for _, kind in message.alternatives] == ["text/html"]
    assert "\n" not in message.subject


def test_a_mail_server_that_fails_is_logged_and_fails_nothing(
    db: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_: Any) -> None:
        raise smtplib.SMTPServerDisconnected

    monkeypatch.setattr(django_mail.EmailMultiAlternatives, "send", refuse)
    mail.send("password_changed", "ada@example.com")
    assert "mail_failed" in caplog.text
