"""Processes of the variants, and the commands that they execute."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from benchmarks import ours
from benchmarks.ours import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from benchmarks.servers import Servers
    from benchmarks.variants import Variant


@dataclass(frozen=True)
class Laboratory:
    """What all measurements share.

    Attributes:
        python: the interpreter of the measured projects.
        projects: the folder of each project, by its name.
        servers: PostgreSQL and Redis.
    """

    python: Path
    projects: dict[str, Path]
    servers: Servers

    def environment(
        self, variant: Variant, database: str = "", redis: str = "", **more: str
    ) -> dict[str, str]:
        """Return the variables of a process of this variant.

        Args:
            variant: the variant.
            database: URL of the database, unless it is the one of the variant's project.
            redis: URL of Redis, unless it is that of the servers.
            **more: further variables.
        """
        is_ours = variant.project in ours.MODELS
        return {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": f"{self.projects[variant.project]}:{ROOT}",
            "PYTHONHASHSEED": "0",
            "PGSSLMODE": "disable",
            "PGGSSENCMODE": "disable",
            **(ours.ENVIRONMENT if is_ours else {}),
            "DJANGO_SETTINGS_MODULE": variant.settings,
            "DATABASE_URL": database or self.servers.url_of(variant.project),
            "REDIS_URL": redis or self.servers.redis,
            "BENCHMARK_PREFIX": f"{self.servers.run}_{variant.project}",
            **variant.environment,
            **more,
        }

    def manage(self, variant: Variant, *words: str, **more: str) -> None:
        """Run a management command of the variant's project."""
        done = subprocess.run(
            [self.python, "manage.py", *words],
            cwd=self.projects[variant.project],
            env=self.environment(variant, **more),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            message = f"{variant.name}: {done.stderr}"
            raise RuntimeError(message)

    def prepare(self, variants: Sequence[Variant]) -> None:
        """Create the databases, tables and users of the variants."""
        for variant in {each.project: each for each in variants}.values():
            self.servers.create(variant.project)
            self.manage(variant, "migrate", "-v0")
            with self.node(variant) as node:
                node.do("users")

    def node(self, variant: Variant, prefix: Sequence[object] = (), **environment: str) -> Node:
        """Return a process of the variant.

        Args:
            variant: the variant.
            prefix: a command that runs the interpreter.
            **environment: arguments of `environment()`.
        """
        return Node(self, variant, prefix, self.environment(variant, **environment))

    @contextmanager
    def nodes(self, variants: Sequence[Variant], **environment: str) -> Iterator[list[Node]]:
        """Start a process of each variant."""
        with ExitStack() as stack:
            yield [stack.enter_context(self.node(variant, **environment)) for variant in variants]


class Node:
    """A process of a variant that executes commands."""

    def __init__(
        self,
        laboratory: Laboratory,
        variant: Variant,
        prefix: Sequence[object],
        environment: dict[str, str],
    ) -> None:
        self.variant, self.environment = variant, environment
        program = ["-m", "benchmarks.inside.node", json.dumps(variant.clients)]
        self.command = [*map(str, prefix), str(laboratory.python), *program]
        self.folder = laboratory.projects[variant.project]

    def __enter__(self) -> Self:
        # A file, because a pipe that no one reads would stop the process.
        self.log = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            self.command,
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log,
            text=True,
        )
        self._read()
        return self

    def __exit__(self, *_: object) -> None:
        self.process.communicate()
        self.log.close()

    def do(self, what: str, **arguments: Any) -> Any:
        """Execute a command, and return its result."""
        assert self.process.stdin
        print(json.dumps({"do": what, **arguments}), file=self.process.stdin, flush=True)
        return self._read()

    def _read(self) -> Any:
        assert self.process.stdout
        line = self.process.stdout.readline()
        if not line:
            self.process.wait()
            self.log.seek(0)
            message = f"{self.variant.name}: {self.log.read()[-3000:]}"
            raise RuntimeError(message)
        return json.loads(line)
