"""A generated project as it runs in production: two nodes behind nginx, with all they share."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import pytest
import requests

from tests.servers.nginx import HOST
from tests.servers.nodes import FromAddress, Node, wait_until
from tests.servers.ports import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.servers.nginx import Proxy
    from tests.servers.nodes import Environment


@contextmanager
def readable_folder() -> Iterator[Path]:
    """Make a folder that servers can read which are started as another user than root."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


class PostgreSQL:
    """A PostgreSQL of our own, which can be restarted without harm to other tests."""

    def __init__(self, folder: Path) -> None:
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
        if not found:
            pytest.skip("there is no PostgreSQL to start")
        self.bin = found[-1].parent
        self.data = folder / "postgresql"
        self.port = free_port()
        self.url = f"postgres://app@127.0.0.1:{self.port}/postgres"

    def __enter__(self) -> Self:
        self.data.mkdir()
        if os.geteuid() == 0:
            shutil.chown(self.data, "postgres")
        self._run("initdb", "-A", "trust", "-U", "app", "-D", str(self.data))
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop("immediate")

    def start(self) -> None:
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -k {self.data} -c fsync=off"
        log = str(self.data / "log")
        self._run("pg_ctl", "-D", str(self.data), "-l", log, "-o", options, "-w", "start")

    def stop(self, how: str = "fast") -> None:
        """Close every connection, whatever goes on there."""
        self._run("pg_ctl", "-D", str(self.data), "-m", how, "-w", "stop")

    def _run(self, program: str, *words: str) -> None:
        # PostgreSQL refuses to run as root.
        as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        done = subprocess.run(
            [*as_user, self.bin / program, *words],
            cwd="/",
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr


class Gunicorn(Node):
    """A node that can be killed, and started again in the same place with other code."""

    def __init__(self, python: Path, log: Path) -> None:
        super().__init__(HOST)
        self.python, self.log = python, log
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, project: Path, environment: Environment) -> None:
        """Start it and wait until it is ready."""
        words = ["--config", "deploy/gunicorn.conf.py", "--bind", self.bind]
        process = self.process = subprocess.Popen(
            [self.python, "-m", "gunicorn", *words],
            cwd=project,
            env=environment,
            stdout=self.log.open("ab"),
            stderr=subprocess.STDOUT,
            # A group of its own, so that all of its processes can be killed at once.
            start_new_session=True,
        )
        wait_until(lambda: self.is_ready() or process.poll() is not None)
        assert process.poll() is None, self.log.read_text()

    def kill(self) -> None:
        """Let the machine it runs on fail."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Ask it to end, as an orchestrator does."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(timeout=40)
            self.process = None

    def __exit__(self, *_: object) -> None:
        self._end(signal.SIGKILL)

    def __enter__(self) -> Self:
        return self

    def _end(self, how: int) -> None:
        if self.process is not None:
            # One that could not start says so itself.
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, how)
            self.process.wait(timeout=10)
            self.process = None
            wait_until(lambda: not self.listens())

    def listens(self) -> bool:
        """Return whether any process is left that holds its port."""
        address, port = self.bind.split(":")
        try:
            socket.create_connection((address, int(port)), timeout=1).close()
        except ConnectionRefusedError:
            return False
        return True


class ToHost(FromAddress):
    """Connects to a server that goes by the name of the host, wherever it is."""

    def init_poolmanager(self, *words: Any, **options: Any) -> None:
        super().init_poolmanager(*words, server_hostname=HOST, assert_hostname=HOST, **options)


class Client(Node):
    """Somebody who comes by TLS and keeps the connection; for one thread."""

    def __init__(self, proxy: Proxy, address: str) -> None:
        """Take what to call, and at which address of 127.0.0.0/8 to be."""
        super().__init__(HOST)
        self.url = f"https://127.0.0.1:{proxy.https}"
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.verify = str(proxy.certificate)
        self.session.mount("https://", ToHost(address))

    def call(
        self, method: str, path: str, bearer: str = "", headers: Any = (), **content: Any
    ) -> requests.Response:
        headers = {"Host": HOST} | dict(headers)
        if bearer:
            headers["Authorization"] = f"Bearer {bearer}"
        self.session.cookies.clear()
        return self.session.request(
            *(method, self.url + path),
            **{"headers": headers, "allow_redirects": False, "timeout": 40} | content,
        )
