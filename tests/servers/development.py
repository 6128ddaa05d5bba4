"""Generated projects that the development server serves."""

from __future__ import annotations

import os
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
import requests
from aiosmtpd.controller import Controller

from tests.clients.mailbox import Mailbox
from tests.costs import record
from tests.servers.ports import free_port
from tests.servers.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.conftest import Install


@dataclass
class Service:
    """A generated service that is running."""

    path: Path
    url: str
    mailbox: Mailbox
    manage: Callable[..., subprocess.CompletedProcess[str]]


@contextmanager
def serving(bake_with_venv: Install, folder: Path) -> Iterator[Callable[[str], Service]]:
    """Yield a function that generates, installs, migrates and starts a model.

    Args:
        bake_with_venv: the fixture of this name.
        folder: where databases and logs are kept.
    """
    running: list[subprocess.Popen[bytes]] = []
    controllers: list[Controller] = []

    def start(auth: str) -> Service:
        project, python = bake_with_venv(auth)
        mailbox = Mailbox()
        smtp = Controller(mailbox, hostname="127.0.0.1", port=free_port())
        smtp.start()
        controllers.append(smtp)
        port = free_port()
        environment = {
            "PATH": os.environ["PATH"],
            "DATABASE_URL": f"sqlite:///{folder / auth}.sqlite3",
            "EMAIL_URL": f"smtp://127.0.0.1:{smtp.port}",
            "PUBLIC_BASE_URL": f"http://127.0.0.1:{port}",
        }

        def manage(*words: str, **more: str) -> subprocess.CompletedProcess[str]:
            return subprocess.run(
                [python, "manage.py", *words],
                cwd=project.path,
                env=environment | more,
                check=True,
                capture_output=True,
                text=True,
            )

        manage("migrate", "-v0")
        log = folder / "server.log"
        record("server")
        server = subprocess.Popen(
            [python, "manage.py", "runserver", "--noreload", f"127.0.0.1:{port}"],
            cwd=project.path,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=log.open("wb"),
        )
        running.append(server)
        url = f"http://127.0.0.1:{port}"

        def is_ready() -> bool:
            assert server.poll() is None, log.read_text()
            try:
                return requests.get(f"{url}/health/ready/", timeout=60).ok
            except (requests.ConnectionError, requests.Timeout):
                return False

        wait_until(is_ready)
        return Service(project.path, url, mailbox, manage)

    try:
        yield start
    finally:
        for server in running:
            server.terminate()
            server.wait(timeout=60)
        for smtp in controllers:
            smtp.stop()


@pytest.fixture
def serve(bake_with_venv: Install, tmp_path: Path) -> Iterator[Callable[[str], Service]]:
    """Start models that are stopped at the end of the test."""
    with serving(bake_with_venv, tmp_path) as start:
        yield start
