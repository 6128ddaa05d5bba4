"""W: the documentation of the API in a browser."""

import re

from tests.attacks.api.client import Caller
from tests.attacks.checks import assert_headers
from tests.attacks.server import Server


def test_w03_api_documentation_runs_only_local_scripts(server: Server) -> None:
    """W03, ASVS 3.4.3."""
    staff = Caller(server).signed_in("staff@example.com")
    answer = staff.call("GET", "/api/docs/", Accept="text/html")

    assert answer.status == 200
    assert_headers(answer)
    assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=", answer.text)
    scripts = re.findall(r'(?:src|href)="([^"]+)"', answer.text)
    assert all(re.match(r"/(static|api)/", script) for script in scripts)
