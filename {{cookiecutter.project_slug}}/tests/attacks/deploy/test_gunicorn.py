"""gunicorn with the configuration in `deploy/`: trusted headers and log lines."""

import pytest

from tests.attacks.server import HOST, Server, status_of

HEAD = f"Host: {HOST}\r\nX-Forwarded-Proto: https\r\nConnection: close\r\n".encode()
SECRET = "s3cr3t-of-a-link"


@pytest.mark.parametrize(
    "lines",
    [
        b"GET /health/live/ HTTP/1.1\r\nAuthorization Basic %s\r\n",
        b"GET  /accounts/reset/x/%s/ HTTP/1.1\r\n",
        b"GET /accounts/reset/x/%s/\x00 HTTP/1.1\r\n",
        b"GET /accounts/verify-email/%s/ HTTP/9.9.9\r\n",
        b"get/%s /accounts/ HTTP/1.1\r\n",
        b"GET /health/live/ HTTP/1.1\r\nX: 1\r\n %s\r\n",
        b"GET /health/live/ HTTP/1.1\r\nExpect: %s\r\n",
        b"GET /health/live/ HTTP/1.1\r\nTransfer-Encoding: %s\r\n",
        b"GET /health/live/ HTTP/1.1\r\n%s\x01: 1\r\n",
        b"GET /health/live/?token=%s HTTP/1.1\r\n",
    ],
    ids=repr,
)
def test_malformed_request_is_logged_without_its_content(deployed: Server, lines: bytes) -> None:
    """E15: a typing error must not write a link or a token to the log."""
    received = deployed.raw(lines.replace(b"%s", SECRET.encode()) + HEAD + b"\r\n")

    assert status_of(received) < 500 or status_of(received) == 501
    assert SECRET not in deployed.log() + deployed.out.read_text("utf-8")


def test_malformed_request_is_logged_with_its_reason(deployed: Server) -> None:
    """E15: the reason and the client's IP address are logged."""
    deployed.raw(b"GET  / HTTP/1.1\r\n\r\n")

    assert "Invalid request from ip=127.0.0.1: Invalid HTTP request line\n" in deployed.log()


@pytest.mark.parametrize(
    "header", [b"SCRIPT_NAME: /evil", b"PATH_INFO: /evil", b"X-Forwarded-Ssl: off"]
)
def test_headers_of_a_local_peer_are_ignored(deployed: Server, header: bytes) -> None:
    """E04: `SCRIPT_NAME: /evil` was 500, two scheme headers were 400."""
    received = deployed.raw(b"GET /health/live/ HTTP/1.1\r\n" + header + b"\r\n" + HEAD + b"\r\n")

    assert status_of(received) == 200
