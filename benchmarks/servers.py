"""PostgreSQL and Redis: those that the environment names, or started here."""

from __future__ import annotations

import os
import secrets
import subprocess
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from tests.servers.postgresql import PostgreSQL, readable_folder
from tests.servers.redis import Redis

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

EXECUTE = """
import sys, psycopg
with psycopg.connect(sys.argv[1], autocommit=True) as connection:
    for statement in sys.argv[2:]:
        cursor = connection.execute(statement)
    print(cursor.fetchone()[0] if cursor.description else "")
"""
FORGET = """
import sys, redis
client = redis.from_url(sys.argv[1])
for key in client.scan_iter(match=sys.argv[2] + "*", count=1000):
    client.unlink(key)
"""

REDIS_VERSION = "import sys, redis; print(redis.from_url(sys.argv[1]).info()['redis_version'])"


@dataclass(frozen=True)
class Servers:
    """The servers, and what this run creates in them.

    Attributes:
        database: URL of a database on the server, of a user who may create others.
        redis: URL of Redis.
        run: the beginning of the names of databases and of the keys in Redis.
        processes: the servers that were started here, by name.
        python: an interpreter with psycopg and redis.
    """

    database: str
    redis: str
    run: str
    processes: dict[str, int]
    python: Path

    def execute(self, url: str, *statements: str) -> str:
        """Execute statements, and return the first value of the last one."""
        return self._run(EXECUTE, url, *statements)

    def _run(self, code: str, *words: str) -> str:
        done = subprocess.run(
            [self.python, "-c", code, *words], check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    def url_of(self, name: str) -> str:
        """Return the URL of a database of this run."""
        return urlunsplit(urlsplit(self.database)._replace(path=f"/{self.run}_{name}"))

    def create(self, name: str) -> str:
        """Create a database, and return its URL."""
        self.execute(self.database, f"CREATE DATABASE {self.run}_{name}")
        return self.url_of(name)

    def versions(self) -> dict[str, str]:
        """Return the versions of the servers."""
        return {
            "postgresql_server": self.execute(self.database, "SHOW server_version"),
            "redis_server": self._run(REDIS_VERSION, self.redis),
        }

    def clear(self) -> None:
        """Delete what this run has created."""
        names = self.execute(
            self.database, "SELECT coalesce(string_agg(datname, ' '), '') FROM pg_database"
        )
        for name in names.split():
            if name.startswith(self.run):
                self.execute(self.database, f"DROP DATABASE {name} WITH (FORCE)")
        self._run(FORGET, self.redis, self.run)


@contextmanager
def servers(python: Path) -> Iterator[Servers]:
    """Find or start the servers, and delete afterwards what was created in them."""
    with ExitStack() as stack:
        processes = {}
        database = os.environ.get("DATABASE_URL", "")
        if not database.startswith("postgres"):
            started = stack.enter_context(PostgreSQL(stack.enter_context(readable_folder())))
            database = started.url
            pid = (started.data / "postmaster.pid").read_text().split()[0]
            processes["PostgreSQL"] = int(pid)
        redis = os.environ.get("REDIS_URL", "")
        if not redis:
            cache = stack.enter_context(Redis())
            redis = cache.url
            processes["Redis"] = cache.process.pid
        database = urlunsplit(urlsplit(database)._replace(path="/postgres"))
        run = f"benchmark_{secrets.token_hex(4)}"
        found = Servers(database, redis, run, processes, python)
        try:
            yield found
        finally:
            found.clear()
