"""The service behind PgBouncer in transaction mode, where connections change hands."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.attacks.server import Server, run

OPTIONS = "pool=false&disable_server_side_cursors=true"
READ_ALL = """
import django
django.setup()
from django.core.management import call_command
from django.db import connection
from accounts.models import User
connection.settings_dict["NAME"] = connection.settings_dict["TEST"]["NAME"]
call_command("migrate", verbosity=0)
call_command("clean_up")
print(sum(1 for _ in User.objects.iterator(chunk_size=10)))
"""
CONFIGURATION = """
[databases]
* = host={host} port={port} user={user} {password}

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {own_port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 2
max_client_conn = 200
"""


def is_open(port: int) -> bool:
    """Return whether something listens on a port of this machine."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class ServerBehindPgBouncer(Server):
    """A service that reaches its database through PgBouncer."""

    def __init__(self, folder: Path, database: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        found = urlsplit(database)
        there = found._replace(netloc=f"{found.username}@127.0.0.1:{port}", query=OPTIONS)
        super().__init__(folder, there.geturl(), os.environ.get("REDIS_URL", ""), workers=2)
        configuration = folder / "pgbouncer.ini"
        password = f"password={unquote(found.password)}" if found.password else ""
        configuration.write_text(
            CONFIGURATION.format(
                host=found.hostname,
                port=found.port or 5432,
                user=found.username,
                password=password,
                own_port=port,
            ),
            "utf-8",
        )
        # It does not run as root.
        words = ["--user", "nobody"] if os.geteuid() == 0 else []
        self.pgbouncer = subprocess.Popen(  # noqa: S603 - our own command
            [str(shutil.which("pgbouncer")), "--quiet", *words, str(configuration)],
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 10
        while not is_open(port):
            assert self.pgbouncer.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.02)

    def stop(self) -> None:
        """Stop PgBouncer, which would keep connections to a database that is dropped."""
        self.pgbouncer.terminate()
        self.pgbouncer.wait(timeout=10)

    def read_all(self) -> None:
        """Migrate, clean up, and read every user bit by bit, through PgBouncer."""
        run(READ_ALL, self.environment)


@pytest.fixture(scope="module")
def behind_pgbouncer(
    tmp_path_factory: pytest.TempPathFactory, database: str
) -> Iterator[ServerBehindPgBouncer]:
    """The service as the documents configure it for PgBouncer."""
    if not database.startswith("postgres"):
        pytest.skip("DATABASE_URL names no PostgreSQL")
    if not shutil.which("pgbouncer"):
        pytest.skip("pgbouncer is not installed")
    server = ServerBehindPgBouncer(tmp_path_factory.mktemp("pgbouncer"), database)
    try:
        with server.running():
            yield server
    finally:
        server.stop()


@pytest.mark.postgresql
def test_more_requests_than_connections_succeed(behind_pgbouncer: ServerBehindPgBouncer) -> None:
    """E14: 16 requests at a time share two connections."""

    def status(_: int) -> int:
        return behind_pgbouncer.call("GET", "/health/ready/").status

    with ThreadPoolExecutor(16) as pool:
        assert set(pool.map(status, range(160))) == {200}


@pytest.mark.postgresql
def test_commands_and_long_results_work(behind_pgbouncer: ServerBehindPgBouncer) -> None:
    """E14: no cursor stays on a connection that another client gets."""
    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(behind_pgbouncer.read_all) for _ in range(4)]:
            done.result()
