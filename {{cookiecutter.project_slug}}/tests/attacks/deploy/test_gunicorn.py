"""gunicorn with the configuration in `deploy/`: trusted headers and log lines."""

import pytest

from tests.attacks.server import END, HONEST, Server, status_of

LIVE = b"GET /health/live/ HTTP/1.1\r\n"
SECRET = b"s3cr3t-of-a-link"


@pytest.mark.parametrize(
    "lines",
    [
        b"GET /health/live/?token=%s HTTP/1.1\r\n",
        b"GET  /accounts/reset/x/%s/ HTTP/1.1\r\n",
        LIVE + b"Authorization Basic %s\r\n",
    ],
    ids=["query", "request line", "header"],
)
def test_secret_in_a_request_is_not_logged(deployed: Server, lines: bytes) -> None:
    """E15: nor by a typing error; the reason and the client's IP address are logged."""
    received = deployed.raw(lines.replace(b"%s", SECRET) + HONEST + END)

    assert status_of(received) in {200, 400}
    log = deployed.log() + deployed.out.read_text("utf-8")
    assert SECRET.decode() not in log
    if b"GET  " in lines:
        assert "Invalid request from ip=127.0.0.1: Invalid HTTP request line\n" in log


@pytest.mark.parametrize(
    "header", [b"SCRIPT_NAME: /evil", b"PATH_INFO: /evil", b"X-Forwarded-Ssl: off"]
)
def test_headers_of_a_local_peer_are_ignored(deployed: Server, header: bytes) -> None:
    """E04: `SCRIPT_NAME: /evil` was 500, two scheme headers were 400."""
    assert status_of(deployed.raw(LIVE + header + b"\r\n" + HONEST + END)) == 200
