"""W: properties of every response."""

import pytest

from tests.attacks.checks import assert_gives_nothing_away, assert_headers, policy_of
from tests.attacks.server import HOST, Server, status_of

FINE = f"GET /health/live/ HTTP/1.1\r\nHost: {HOST}\r\nX-Forwarded-Proto: https\r\n".encode()
END = b"Connection: close\r\n\r\n"


@pytest.mark.parametrize(
    "path", ["/health/live/", "/health/ready/", "/nothing/", "/%00", "/%C3%A9"]
)
def test_w01_to_w07_headers_are_on_every_answer(server: Server, path: str) -> None:
    """W01, W02, W03, W04, W05, W06, W07, ASVS 3.4.1, 3.4.3 to 3.4.6, 3.4.8, 3.5.8, 14.3.2."""
    assert_headers(server.call("GET", path))


@pytest.mark.parametrize("host", ["evil.test", "x@example.com", "10.0.3.17:8000", "a b", ""])
def test_w01_to_w08_a_host_is_refused_with_every_header(server: Server, host: str) -> None:
    """W01, W02, W03, W04, W05, W06, W07, W08, E03, ASVS 3.4.6: load balancers cannot set it."""
    answer = server.call("GET", "/.well-known/security.txt", headers={"Host": host})
    assert answer.status == 400
    assert_headers(answer)
    assert_gives_nothing_away(answer)

    health = server.call("GET", "/health/live/", headers={"Host": host})
    assert (health.status, health.text) == (200, '{"status": "ok"}')
    assert_headers(health)


def test_w01_no_hsts_over_plain_http(server: Server) -> None:
    """W01, RFC 6797 section 7.2."""
    answer = server.call("GET", "/health/live/", scheme="http")

    assert answer.status == 200
    assert "Strict-Transport-Security" not in answer.headers


@pytest.mark.parametrize(
    "lines",
    [
        b"GET /.well-known/security.txt HTTP/1.1\r\nHost: example.com\r\nHost: evil.test\r\n",
        b"GET /.well-known/security.txt HTTP/1.1\r\nHost: evil.test\r\nHost: example.com\r\n",
        b"GET http://evil.test/.well-known/security.txt HTTP/1.1\r\nHost: example.com\r\n",
        b"GET https://evil.test/.well-known/security.txt HTTP/1.1\r\nHost: example.com\r\n",
        b"GET //evil.test/.well-known/security.txt HTTP/1.1\r\nHost: evil.test\r\n",
        b"GET /.well-known/security.txt HTTP/1.1\r\n",
        b"GET /.well-known/security.txt HTTP/1.1\r\nHost: example.com\x00\r\n",
    ],
    ids=str,
)
def test_w08_one_good_host_is_named_or_none_is_served(server: Server, lines: bytes) -> None:
    """W08, RFC 9112 section 3.2, WSTG-INPV-17."""
    received = server.raw(lines + b"X-Forwarded-Proto: https\r\n" + END)

    assert status_of(received) == 400
    assert b"evil" not in received


@pytest.mark.parametrize(
    "target", [b"/.well-known/security.txt", b"http://example.com/.well-known/security.txt"]
)
def test_w08_the_honest_request_is_served(server: Server, target: bytes) -> None:
    """W08's twin."""
    lines = b"GET " + target + b" HTTP/1.1\r\nHost: example.com\r\nX-Forwarded-Proto: https\r\n"

    assert status_of(server.raw(lines + END)) == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-Host": "evil.test"},
        {"Forwarded": "host=evil.test;proto=http"},
        {"X-Original-URL": "/nothing/"},
        {"X-Forwarded-Port": "1"},
        {"X-Http-Method-Override": "DELETE"},
    ],
    ids=str,
)
def test_w09_other_headers_change_nothing(server: Server, headers: dict[str, str]) -> None:
    """W09, W21, ASVS 4.1.3."""
    answer = server.call("GET", "/health/live/", headers=headers)

    assert answer.status == 200
    assert b"evil" not in bytes(answer.headers) + answer.body


@pytest.mark.parametrize(
    "headers",
    [
        {"SCRIPT_NAME": "/evil"},
        {"Script-Name": "/evil"},
        {"PATH_INFO": "/evil"},
        {"REMOTE_ADDR": "127.0.0.1"},
        {"X_FORWARDED_PROTO": "https"},
        {"X-Forwarded-Ssl": "on"},
        {"X-Forwarded-Prefix": "/evil"},
    ],
    ids=str,
)
def test_w10_no_header_moves_the_service_or_makes_it_secure(
    server: Server, headers: dict[str, str]
) -> None:
    """W10, E04: gunicorn trusts this machine on its own."""
    path = "/.well-known/security.txt"
    answer = server.call("GET", path, headers=headers, scheme="http")

    assert answer.status in {301, 403}
    assert "Strict-Transport-Security" not in answer.headers
    assert b"evil" not in bytes(answer.headers) + answer.body
    honest = server.call("GET", path, headers=headers)
    assert honest.status == 200
    assert b"evil" not in bytes(honest.headers) + honest.body


@pytest.mark.parametrize(
    "cookie",
    [
        b"\xe2\x80\x80__Host-id=x",
        b"\xff\xfe=\xfd",
        b"a=" + b"x" * 7000,
        b"a=1;" * 1500,
        b'a="\\400\\777"',
        b"=;=;;",
    ],
    ids=lambda value: repr(value[:30]),
)
@pytest.mark.parametrize("target", [b"/", b"/health/live/", b"/.well-known/security.txt", b"*"])
def test_e01_no_cookie_breaks_the_service(server: Server, cookie: bytes, target: bytes) -> None:
    """E01, R1: invalid UTF-8, huge and nameless cookies, on a page and without one."""
    method = b"OPTIONS " if target == b"*" else b"GET "
    lines = method + target + FINE[FINE.index(b" HTTP/1.1") :]

    assert status_of(server.raw(lines + b"Cookie: " + cookie + b"\r\n" + END)) < 500


@pytest.mark.parametrize("method", ["TRACE", "FOO", "PROPFIND"])
def test_w21_other_methods_are_refused(server: Server, method: str) -> None:
    """W21, ASVS 4.1.4, 13.4.4."""
    answer = server.call(method, "/health/live/")

    assert answer.status == 405
    assert b"X-Forwarded" not in answer.body
    assert_headers(answer)


@pytest.mark.parametrize("path", ["/health/live/", "/health/ready/"])
def test_w22_health_names_no_versions(server: Server, path: str) -> None:
    """W22, ASVS 13.4.5, 13.4.6."""
    answer = server.call("GET", path)

    assert answer.text == '{"status": "ok"}'
    assert not any(character.isdigit() for character in answer.headers["Server"])


@pytest.mark.parametrize(
    "path",
    [
        "/.env",
        "/.git/config",
        "/manage.py",
        "/db.sqlite3",
        "/static/",
        "/media/",
        "/static/../config/settings/base.py",
        "/static/..%2f..%2fetc/passwd",
        "/static//etc/passwd",
        "/metrics",
        "/__debug__/",
        "/silk/",
        "/api-auth/login/",
        "/admin/",
    ],
)
def test_w22_w23_nothing_is_left_lying_about(server: Server, path: str) -> None:
    """W22, W23, ASVS 13.4.1, 13.4.3, 13.4.7."""
    request = f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\nX-Forwarded-Proto: https\r\n".encode()

    received = server.raw(request + END)

    assert status_of(received) == 404
    assert b"SECRET_KEY" not in received
    assert b"root:" not in received


@pytest.mark.parametrize(
    "lines",
    [
        b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
        b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n",
        b"Content-Length: 4\r\nContent-Length: 5\r\n",
        b"Content-Length: 4, 5\r\n",
        b"Content-Length: +4\r\n",
        b"Content-Length: 0x4\r\n",
        b"Transfer-Encoding: xchunked\r\n",
        b"Transfer-Encoding : chunked\r\n",
        b"X-Header : value\r\n",
        b"X-Header: a\r\n folded\r\n",
        b" X-Header: a\r\n",
        b"X-Header\r\n",
        b"X-Header: a\nX-Other: b\r\n",
        b"X-Header: a\rX-Other: b\r\n",
        b"X-Header: \x00\r\n",
        b"X\x01Header: a\r\n",
    ],
    ids=str,
)
def test_w24_a_request_that_can_be_read_in_two_ways_is_not_served(
    server: Server, lines: bytes
) -> None:
    """W24, ASVS 4.2.1, RFC 9112 section 11.2: one answer, an error, and the connection closed."""
    second = FINE.replace(b"/health/live/", b"/nothing/") + END

    received = server.raw(FINE + lines + b"\r\n0\r\n\r\n" + second)

    assert status_of(received) in {400, 501}
    assert received.count(b"HTTP/1.1 ") == 1


def test_w24_two_honest_requests_are_two(server: Server) -> None:
    """W24's twin."""
    assert server.raw(FINE + b"\r\n" + FINE + END).count(b"HTTP/1.1 200") == 2


@pytest.mark.parametrize("path", ["/%00", "/accounts/%00/", "/?next=%00", "/health/live/?a=%00"])
def test_r1_no_nul_reaches_the_database(server: Server, path: str) -> None:
    """R1, W17, ASVS 16.5.3: PostgreSQL has no text with it."""
    answer = server.call("GET", path)

    assert answer.status == 400
    assert_headers(answer)
    assert_gives_nothing_away(answer)


@pytest.mark.parametrize(
    "path", ["/<script>alert(1)</script>", "/{{9871*1237}}", "/%3Cscript%3Ealert"]
)
def test_w17_w30_a_missing_page_does_not_repeat_what_was_asked(server: Server, path: str) -> None:
    """W17, W30, ASVS 1.2.1, 16.5.1."""
    answer = server.call("GET", path)

    assert answer.status == 404
    assert_gives_nothing_away(answer)
    assert b"12210427" not in answer.body


def test_security_txt_says_whom_to_tell(server: Server) -> None:
    """RFC 9116: a contact, and a date until which it is good."""
    answer = server.call("GET", "/.well-known/security.txt")

    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    fields = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert fields["Contact"].startswith("mailto:")
    assert fields["Canonical"] == "https://example.com/.well-known/security.txt"
    assert "T" in fields["Expires"]
    assert_headers(answer, may_be_cached=True)
    assert policy_of(answer)["default-src"] == "'none'"
