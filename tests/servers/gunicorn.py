"""Generated projects that Gunicorn serves."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Self

from tests.clients.api import PASSWORD, Node
from tests.costs import record
from tests.servers.nginx import HOST
from tests.servers.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    Environment = dict[str, str]

# In one process, because starting Django is slow.
PREPARE = f"""
from django.contrib.auth.hashers import make_password
from django.core.management import call_command
from django.utils import timezone
from accounts.models import User
call_command("migrate", verbosity=0)
common = {{"password": make_password({PASSWORD!r}), "email_verified_at": timezone.now()}}
User.objects.create(email="staff@example.com", is_staff=True, is_superuser=True, **common)
User.objects.bulk_create(User(email=f"{{n}}@example.com", **common) for n in range(100))
"""
# Without compressing them, which takes longer than the rest.
COLLECT_STATIC_FILES = """
from whitenoise.compress import Compressor
Compressor.compress = lambda *_: []
call_command("collectstatic", interactive=False, verbosity=0)
"""


class Project:
    """A generated project with its own database."""

    def __init__(self, path: Path, python: Path, environment: Environment) -> None:
        self.path, self.python = path, python
        self.environment = {
            "PATH": os.environ["PATH"],
            **environment,
        }

    def manage(self, *words: str) -> None:
        done = subprocess.run(
            [self.python, "manage.py", *words],
            cwd=self.path,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr

    def prepare(self, more: str = "") -> None:
        """Create the tables and some users, and run `more` code in the same process."""
        self.manage("shell", "-v0", "-c", PREPARE + more)

    @contextmanager
    def serve(self, host: str = "example.com", port: int = 0, **more: str) -> Iterator[Node]:
        """Start a server as the image does, on a free port unless one is given."""
        node = Node(host, port)
        log = self.path.parent / f"{node.bind}.log"
        record("server")
        server = subprocess.Popen(
            [
                *(self.python, "-m", "gunicorn"),
                *("--config", "deploy/gunicorn.conf.py", "--bind", node.bind),
            ],
            cwd=self.path,
            env=self.environment | more,
            stdout=log.open("wb"),
            stderr=subprocess.STDOUT,
        )
        try:
            wait_until(lambda: node.is_ready() or server.poll() is not None)
            assert server.poll() is None, log.read_text()
            yield node
        finally:
            server.terminate()
            server.wait(timeout=120)


class Gunicorn(Node):
    """A node that can be killed, and restarted on the same port with other code."""

    def __init__(self, python: Path, log: Path) -> None:
        super().__init__(HOST)
        self.python, self.log = python, log
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, project: Path, environment: Environment) -> None:
        """Start it and wait until it is ready."""
        words = ["--config", "deploy/gunicorn.conf.py", "--bind", self.bind]
        record("server")
        process = self.process = subprocess.Popen(
            [self.python, "-m", "gunicorn", *words],
            cwd=project,
            env=environment,
            stdout=self.log.open("ab"),
            stderr=subprocess.STDOUT,
            # A separate process group, so that all of its processes can be killed together.
            start_new_session=True,
        )
        wait_until(lambda: self.is_ready() or process.poll() is not None)
        assert process.poll() is None, self.log.read_text()

    def kill(self) -> None:
        """Kill all processes of the node, like a failure of its machine."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Stop it with SIGTERM, as an orchestrator does."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(timeout=120)
            self.process = None

    def __exit__(self, *_: object) -> None:
        self._end(signal.SIGKILL)

    def __enter__(self) -> Self:
        return self

    def _end(self, how: int) -> None:
        if self.process is not None:
            # A node that could not start has printed the reason.
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, how)
            self.process.wait(timeout=120)
            self.process = None
            wait_until(lambda: not self.listens())

    def listens(self) -> bool:
        """Return whether any process is left that holds its port."""
        address, port = self.bind.split(":")
        try:
            socket.create_connection((address, int(port)), timeout=60).close()
        except ConnectionRefusedError:
            return False
        except ConnectionResetError:
            # It is ending: the system drops connections that it has not accepted.
            return True
        return True
