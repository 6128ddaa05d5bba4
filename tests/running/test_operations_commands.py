"""Tests of the commands in docs/operations*.md on a running service."""

from __future__ import annotations

import os
import re
import subprocess
import textwrap
from typing import TYPE_CHECKING

import pytest
import requests

from tests.clients.load import App, Browser, Load, SignedOutError
from tests.conftest import BOTH_BY_DAY
from tests.servers.gunicorn import Gunicorn, Project
from tests.servers.postgresql import PostgreSQL, readable_folder
from tests.servers.production import production
from tests.servers.redis import Redis
from tests.servers.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.clients.load import User
    from tests.conftest import Install

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("nodes")]


class Service:
    def __init__(self, project: Project, node: Gunicorn) -> None:
        self.project, self.node = project, node
        documents = sorted((project.path / "docs").glob("operations*.md"))
        text = "".join(document.read_text("utf-8") for document in documents)
        blocks = re.findall(r"^( *)```sh\n(.*?)^ *```$", text, re.MULTILINE | re.DOTALL)
        self.blocks = [textwrap.dedent(block) for _, block in blocks]

    def block(self, words: str) -> str:
        """Return the one block of the document that holds this."""
        (found,) = [block for block in self.blocks if words in block]
        return found

    def run(self, block: str) -> str:
        environment = self.project.environment | {
            "PATH": f"{self.project.python.parent}{os.pathsep}{os.environ['PATH']}",
            "NODE": f"http://{self.node.bind}",
            "LOG": str(self.node.log),
        }
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", block],
            cwd=self.project.path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, block + done.stdout + done.stderr
        return done.stdout


@pytest.fixture(params=BOTH_BY_DAY)
def service(
    request: pytest.FixtureRequest,
    bake_with_venv: Install,
    tmp_path: Path,
) -> Iterator[Service]:
    baked, python = bake_with_venv(request.param)
    path = baked.copy_to(tmp_path).path
    with readable_folder() as folder, PostgreSQL(folder) as database, Redis() as redis:
        project = Project(path, python, production(database.url, redis.url))
        project.prepare()
        project.manage("collectstatic", "--noinput", "-v0")
        with Gunicorn(python, tmp_path / "gunicorn.log") as node:
            node.start(path, project.environment)
            yield Service(project, node)


def test_commands(service: Service, request: pytest.FixtureRequest) -> None:
    node, done = service.node, set[str]()
    kind: type[User] = App if request.node.callspec.params["service"] == "jwt" else Browser
    load = Load([], [], 0)

    def signed_in(number: int) -> User:
        user = kind(load, node, f"{number}@example.com", 0)
        user.sign_in()
        return user

    def lives(user: User) -> bool:
        try:
            user.read()
        except SignedOutError:
            return False
        return True

    def carry_out(words: str) -> str:
        block = service.block(words)
        done.add(block)
        return service.run(block)

    one, two, three = signed_in(1), signed_in(2), signed_in(3)
    carry_out("sign_ins.revoke_all")
    carry_out("deactivate_user")
    assert [lives(user) for user in (one, two, three)] == [False, False, True]

    carry_out("pg_dump")
    gone = signed_in(4)
    carry_out("pg_restore")
    assert lives(three)
    assert "1 sign-ins have ended" in carry_out("have ended")
    carry_out("flushdb")
    assert [lives(user) for user in (one, two, three, gone)] == [False] * 4

    carry_out("is_staff=True")
    _ask_for_reset(node, kind, "staff@example.com")
    wait_until(lambda: "\nTo: staff@example.com\n" in node.log.read_text())

    _refuse_somebody(node, kind)
    counted, addresses = carry_out("--count").split("\n", 1)
    assert int(counted) > 0
    assert '"ip_address": "203.0.113.9"' in addresses
    for block in service.blocks:
        if block not in done:
            service.run(block)


def _ask_for_reset(node: Gunicorn, kind: type[User], email: str) -> None:
    if kind is App:
        answer = node.call("POST", "/api/auth/password/reset/", json={"email": email})
        assert answer.status_code == requests.codes.accepted
    else:
        headers = Browser(Load([], [], 0), node, "", 0).headers()
        form = {"email": email}
        answer = node.call("POST", "/accounts/password_reset/", headers=headers, data=form)
        assert answer.is_redirect


def _refuse_somebody(node: Gunicorn, kind: type[User]) -> None:
    headers = {"X-Forwarded-For": "203.0.113.9"}
    if kind is App:
        body = {"email": "1@example.com", "password": "wrong"}
        answer = node.call("POST", "/api/auth/token/", headers=headers, json=body)
        assert answer.status_code == requests.codes.unauthorized
    else:
        headers |= Browser(Load([], [], 0), node, "", 0).headers()
        form = {"username": "1@example.com", "password": "wrong"}
        answer = node.call("POST", "/accounts/login/", headers=headers, data=form)
        assert answer.status_code == requests.codes.ok
