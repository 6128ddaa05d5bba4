"""Costs of a request: processor time of the node, PostgreSQL and Redis, and bytes stored.

    python -m benchmarks.serving PYTHON PROJECT

PROJECT is a generated project, PYTHON an interpreter that has what it requires. The servers are
started from what is installed. Processor time is what is compared, not the clock, because other
work on the machine then does not count. Prints the cost of each kind of request next to that of a
request that does nothing, and how many of them one core can answer in a second.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tests.clients.load import App, Browser, Load
from tests.servers.gunicorn import Gunicorn, Project
from tests.servers.postgresql import PostgreSQL, readable_folder
from tests.servers.production import production
from tests.servers.redis import Redis

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.clients.load import User

TIMES = 300
SIZES = """
from django.apps import apps
from django.core.cache import caches
from django.db import connection
from accounts.models import SignIn

rows = SignIn.objects.count()
tables = [m._meta.db_table for m in apps.get_models()]
for table in sorted(t for t in tables if t.endswith(("signin", "session", "browsersession"))):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_total_relation_size(%s)", [table])
        print(f"PostgreSQL: {cursor.fetchone()[0] / rows:.0f} bytes a sign-in in {table}")
client = caches["default"]._cache.get_client()
kept = {}
for key in client.scan_iter(count=1000):
    name = key.decode().split(":", 2)[2]
    kind = "session" if name.startswith("django.") else name.split(":")[0]
    kept.setdefault(kind, []).append(client.memory_usage(key))
for kind, sizes in kept.items():
    print(f"Redis: {sum(sizes) / len(sizes):.0f} bytes a key of {len(sizes)}: {kind}")
"""


def processor_seconds(root: int) -> float:
    """Return the processor time of a process and of its descendants."""
    ticks, pending = 0, [root]
    while pending:
        pid = pending.pop()
        stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += sum(map(int, stat[11:15]))
        for task in Path(f"/proc/{pid}/task").iterdir():
            pending += map(int, (task / "children").read_text().split())
    return ticks / os.sysconf("SC_CLK_TCK")


def measure(project: Path, python: Path) -> None:
    """Start all servers, and print the costs of each kind of request."""
    with (
        readable_folder() as folder,
        PostgreSQL(folder) as database,
        Redis() as redis,
        Gunicorn(python, folder / "log") as node,
    ):
        environment = production(database.url, redis.url) | {"WEB_CONCURRENCY": "1"}
        service = Project(project, python, environment)
        service.prepare()
        service.manage("collectstatic", "--noinput", "-v0")
        node.start(project, service.environment)
        roots = {
            "node": node.process.pid if node.process else 0,
            "PostgreSQL": int((database.data / "postmaster.pid").read_text().split()[0]),
            "Redis": redis.process.pid,
        }
        load = Load([], [], 0)
        idle = 0.0
        for name, ask in kinds(project, node, load).items():
            ask(0)
            before = {part: processor_seconds(pid) for part, pid in roots.items()}
            for number in range(TIMES):
                ask(number)
            cost = {
                part: 1000 * (processor_seconds(pid) - before[part]) / TIMES
                for part, pid in roots.items()
            }
            idle = idle or cost["node"]
            parts = ", ".join(f"{part} {spent:.2f} ms" for part, spent in cost.items())
            rate, ratio = 1000 / cost["node"], cost["node"] / idle
            print(f"{name}: {parts}; {ratio:.1f} times nothing, {rate:.0f}/s on one core")
        if load.lost:
            sys.exit(f"Signed out: {load.lost}")
        done = subprocess.run(
            [python, "manage.py", "shell", "-v0", "-c", SIZES],
            cwd=project,
            env=service.environment,
            check=True,
            capture_output=True,
            text=True,
        )
        print(done.stdout)


def act(users: list[User], what: str, number: int) -> None:
    """Send one request of a user."""
    getattr(users[number], what)()


def kinds(project: Path, node: Gunicorn, load: Load) -> dict[str, Callable[[int], object]]:
    """Return the kinds of requests of this model; each function sends one for a numbered user."""
    found: dict[str, Callable[[int], object]] = {
        "nothing (/health/live/)": lambda _: node.call("GET", "/health/live/")
    }
    models: list[tuple[str, type[User]]] = [("session_auth", Browser), ("token_auth", App)]
    for folder, kind in models:
        if (project / folder).exists():
            users = [kind(load, node, f"{n % 100}@example.com", n) for n in range(TIMES)]
            what = "page" if kind is Browser else "API call"
            found[f"signing in for a {what}"] = partial(act, users, "sign_in")
            found[what] = partial(act, users, "read")
            if kind is App:
                found["refresh"] = partial(act, users, "renew")
    return found


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as copy:
        source = Path(sys.argv[2]).resolve()
        shutil.copytree(source, Path(copy) / source.name)
        measure(Path(copy) / source.name, Path(sys.argv[1]).absolute())
