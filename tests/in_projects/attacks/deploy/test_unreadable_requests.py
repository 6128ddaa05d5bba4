"""Requests that gunicorn cannot parse, with the configuration in `deploy/`."""

import pytest

from tests.attacks.server import END, HONEST, Server, status_of

SECRET = b"s3cr3t-of-a-link"
LIVE = b"GET /health/live/ HTTP/1.1\r\n"


@pytest.mark.parametrize(
    "lines",
    [
        b"GET /accounts/reset/x/%s/\x00 HTTP/1.1\r\n",
        b"GET /accounts/verify-email/%s/ HTTP/9.9.9\r\n",
        b"get/%s /accounts/ HTTP/1.1\r\n",
        LIVE + b"X: 1\r\n %s\r\n",
        LIVE + b"Expect: %s\r\n",
        LIVE + b"Transfer-Encoding: %s\r\n",
        LIVE + b"%s\x01: 1\r\n",
    ],
    ids=repr,
)
def test_malformed_request_is_logged_without_its_content(deployed: Server, lines: bytes) -> None:
    """E15: a typing error must not write a link or a token to the log."""
    received = deployed.raw(lines.replace(b"%s", SECRET) + HONEST + END)

    assert status_of(received) < 500 or status_of(received) == 501
    assert SECRET.decode() not in deployed.log() + deployed.out.read_text("utf-8")
