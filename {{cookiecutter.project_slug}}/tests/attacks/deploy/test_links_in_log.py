"""Links from emails in the log of gunicorn."""

import pytest

from tests.attacks.server import HOST, Server

SECRET = "s3cr3t-of-a-link"
HEAD = f"Host: {HOST}\r\nX-Forwarded-Proto: https\r\nConnection: close\r\n\r\n"


@pytest.mark.parametrize("path", ["/accounts/verify-email/%s/", "/accounts/reset/x/%s/"])
def test_link_from_an_email_is_logged_without_its_secret(deployed: Server, path: str) -> None:
    """E15: the rest of the line is logged."""
    deployed.raw(f"GET {path % SECRET} HTTP/1.1\r\n{HEAD}".encode())

    log = deployed.log() + deployed.out.read_text("utf-8")
    assert SECRET not in log
    assert f"{path.partition('%')[0].removesuffix('x/')}..." in log
