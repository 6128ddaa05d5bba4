"""Links from emails in the log of gunicorn."""

import pytest

from tests.attacks.server import END, HONEST, Server

SECRET = "s3cr3t-of-a-link"


@pytest.mark.parametrize("path", ["/accounts/verify-email/%s/", "/accounts/reset/x/%s/"])
def test_link_from_an_email_is_logged_without_its_secret(deployed: Server, path: str) -> None:
    """E15: the rest of the line is logged."""
    deployed.raw(f"GET {path % SECRET} HTTP/1.1\r\n".encode() + HONEST + END)

    log = deployed.log() + deployed.out.read_text("utf-8")
    assert SECRET not in log
    assert f"{path.partition('%')[0].removesuffix('x/')}..." in log
