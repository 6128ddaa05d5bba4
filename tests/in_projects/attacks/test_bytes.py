"""W: requests that no HTTP library would send."""

import pytest

from tests.attacks.server import END, HONEST, Server, status_of

CONTACT = "/.well-known/security.txt"
FINE = b"GET /health/live/ HTTP/1.1\r\n" + HONEST


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
def test_e01_malformed_cookies_cause_no_server_error(
    server: Server, cookie: bytes, target: bytes
) -> None:
    """E01, R1: invalid UTF-8, huge and nameless cookies, on a page and without one."""
    method = b"OPTIONS " if target == b"*" else b"GET "
    lines = method + target + b" HTTP/1.1\r\n" + HONEST

    assert status_of(server.raw(lines + b"Cookie: " + cookie + b"\r\n" + END)) < 500


@pytest.mark.parametrize(
    "lines",
    [
        b"Transfer-Encoding: xchunked\r\n",
        b"X-Header: a\r\n folded\r\n",
        b"Content-Length: 4, 5\r\n",
        b"Content-Length: +4\r\n",
        b"Content-Length: 0x4\r\n",
        b"X-Header : value\r\n",
        b" X-Header: a\r\n",
        b"X-Header\r\n",
        b"X-Header: a\nX-Other: b\r\n",
        b"X-Header: a\rX-Other: b\r\n",
        b"X-Header: \x00\r\n",
        b"X\x01Header: a\r\n",
    ],
    ids=str,
)
def test_w24_ambiguous_request_is_rejected(server: Server, lines: bytes) -> None:
    """W24, ASVS 4.2.1, RFC 9112 section 11.2: one error, then the connection is closed."""
    received = server.raw(FINE + lines + b"\r\n0\r\n\r\n" + FINE + END)

    assert status_of(received) in {400, 501}
    assert received.count(b"HTTP/1.1 ") == 1


@pytest.mark.parametrize(
    ("status", "target", "hosts"),
    [
        (200, CONTACT, ["example.com"]),
        (200, f"http://example.com{CONTACT}", ["example.com"]),
        (400, CONTACT, ["example.com", "evil.test"]),
        (400, CONTACT, ["evil.test", "example.com"]),
        (400, f"http://evil.test{CONTACT}", ["example.com"]),
        (400, f"https://evil.test{CONTACT}", ["example.com"]),
        (400, f"//evil.test{CONTACT}", ["evil.test"]),
        (400, CONTACT, []),
        (400, CONTACT, ["example.com\x00"]),
    ],
)
def test_w08_host_must_be_single_and_allowed(
    server: Server, status: int, target: str, hosts: list[str]
) -> None:
    """W08, RFC 9112 section 3.2, WSTG-INPV-17."""
    lines = [f"GET {target} HTTP/1.1", *(f"Host: {host}" for host in hosts)]
    received = server.raw("\r\n".join([*lines, "X-Forwarded-Proto: https\r\n"]).encode() + END)

    assert status_of(received) == status
    assert b"evil" not in received
