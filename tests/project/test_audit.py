"""`make audit` of a generated project, with a source of advisories on this machine."""

from __future__ import annotations

import json
import os
import re
import subprocess
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest

from tests.environments import UV
from tests.servers.ports import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import Baker

pytestmark = pytest.mark.slow

# A requirement of an extra, which the image installs.
AFFECTED = "sentry-sdk"


class Advisories:
    """A service that answers as OSV does, and knows one advisory."""

    def __init__(self) -> None:
        self.asked: set[tuple[str, str]] = set()
        self.affected = ""

    def answer(self, query: dict[str, Any]) -> dict[str, Any]:
        """Return the advisories for the package and version of a query."""
        name = query["package"]["name"].lower().replace("_", "-")
        self.asked.add((name, query["version"]))
        if name != self.affected:
            return {}
        affected = {
            "package": {"name": name, "ecosystem": "PyPI"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}],
        }
        return {"vulns": [{"id": "TEST-2026-1", "details": "", "affected": [affected]}]}


@contextmanager
def serving(advisories: Advisories) -> Iterator[str]:
    """Serve advisories, and yield the URL for queries."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            content = json.dumps(advisories.answer(query)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", free_port()), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def test_audit_fails_for_any_package_that_production_installs(bake: Baker, tmp_path: Path) -> None:
    project = bake(auth="both", second_factor="passkeys").copy_to(tmp_path).path
    # Downloads need the variables of this machine.
    variables = os.environ | {"PATH": f"{UV.parent}{os.pathsep}{os.environ['PATH']}"}

    def run(*words: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*map(str, words)],
            cwd=project,
            env=variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )

    advisories = Advisories()
    with serving(advisories) as url:
        audit = ("make", "audit", f"AUDIT=--vulnerability-service=osv --osv-url={url}")
        clean = run(*audit)
        assert clean.returncode == 0, clean.stdout
        advisories.affected = AFFECTED
        failed = run(*audit)
    assert failed.returncode != 0
    assert re.search(rf"{AFFECTED} .*TEST-2026-1", failed.stdout), failed.stdout

    # As deploy/Dockerfile does.
    installed = run(UV, "sync", "--locked", "--no-dev", "--all-extras", "--dry-run").stdout
    assert advisories.asked == set(re.findall(r"^ \+ (\S+)==(\S+)$", installed, re.MULTILINE))
