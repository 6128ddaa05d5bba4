"""PostgreSQL for tests: a database on a given server, or a server that can be restarted."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit, urlunsplit

import pytest

from tests.costs import record
from tests.servers.ports import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def postgresql(python: Path) -> Iterator[str]:
    """Create a database, and drop it afterwards."""
    url = os.environ.get("DATABASE_URL", "")
    if not url.startswith("postgres"):
        pytest.skip("DATABASE_URL names no PostgreSQL")
    name = f"template_{secrets.token_hex(6)}"

    def execute(statement: str) -> None:
        code = "import sys, psycopg; psycopg.connect(sys.argv[1], autocommit=True).execute"
        maintenance = urlunsplit(urlsplit(url)._replace(path="/postgres"))
        subprocess.run([python, "-c", f"{code}(sys.argv[2])", maintenance, statement], check=True)

    execute(f"CREATE DATABASE {name}")
    try:
        yield urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
    finally:
        execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def readable_folder() -> Iterator[Path]:
    """Create a folder that servers running as other users than root can read."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


class PostgreSQL:
    """A PostgreSQL server that can be restarted without affecting other tests."""

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
        record("server")
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -k {self.data} -c fsync=off"
        log = str(self.data / "log")
        self._run("pg_ctl", "-D", str(self.data), "-l", log, "-o", options, "-w", "start")

    def stop(self, how: str = "fast") -> None:
        """Close every connection, busy or not."""
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
