"""A generated project and the tools that check it."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

import pytest

from tests.costs import record
from tests.servers.production import PRODUCTION
from tests.servers.redis import Redis

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ADDED = Path(__file__).parents[1] / "in_projects"
ATTACKS = "tests/attacks"
TESTS = ("tests", f"--ignore={ATTACKS}")
# Of the added tests, those of files that a team replaces in its first month.
UNCHANGED = (
    "tests/accounts/test_email_previews.py",
    "tests/session_auth/test_brand_templates.py",
    "tests/session_auth/test_home_page.py",
)
# What the template requires of its own code, but not of a team's.
STRICT = (
    "--disallow-any-generics",
    "--disallow-incomplete-defs",
    "--disallow-untyped-calls",
    "--disallow-untyped-defs",
)
# In one process, because starting Django is slow, and without compressing files.
CHECK_DEPLOYMENT = """
from django.core.management import execute_from_command_line as manage
from whitenoise.compress import Compressor
Compressor.compress = lambda *_: []
manage(["manage.py", "collectstatic", "--noinput"])
manage(["manage.py", "check", "--deploy", "--fail-level", "WARNING"])
"""
NO_SERVERS: Mapping[str, str] = MappingProxyType({})
# No name and no slug keeps a project from passing its own checks.
ODD_NAMES = {
    "project_slug": "x" * 40,
    "project_name": """Alice's "big" <b>shop</b> \\ ${PATH} & \u65e5\u672c \u2013 """ + "W" * 70,
    "description": '"quoted" <i>text</i> \\ %(x)s',
    "author_name": 'O\'Brien & "Sons"',
}


class Project:
    """A project, and a Python with its requirements."""

    def __init__(self, path: Path, python: Path, scratch: Path) -> None:
        self.path = path
        self.scratch = scratch
        self.tools = python.parent
        self.environment = {
            "PATH": f"{self.tools}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(scratch),
            "RUFF_CACHE_DIR": str(scratch / "ruff"),
            # Hypothesis computes its tables of characters once as well.
            "HYPOTHESIS_STORAGE_DIRECTORY": str(python.parent.parent / "hypothesis"),
            "COVERAGE_FILE": str(scratch / "coverage"),
        }

    def run(self, *words: str, **more: str) -> str:
        """Run a tool of the project, which must succeed, and return its output."""
        done = subprocess.run(
            [self.tools / words[0], *words[1:]],
            cwd=self.path,
            env=self.environment | more,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout
        return done.stdout

    def check(self, *ruff: str) -> None:
        """Run the checks that take a few seconds: style, imports, migrations, deployment."""
        self.run("ruff", "check", *ruff)
        self.run("ruff", "format", "--check")
        self.run("lint-imports", "--no-cache")
        self.run("python", "manage.py", "makemigrations", "--check", "--dry-run")
        production = PRODUCTION | {"DJANGO_SETTINGS_MODULE": "config.settings.production"}
        printed = self.run("python", "-c", CHECK_DEPLOYMENT, **production)
        assert "System check identified no issues" in printed

    def check_types(self, *options: str) -> None:
        """Run mypy without a cache: it discards those of projects with other installed apps."""
        self.run("mypy", *options, MYPY_CACHE_DIR=os.devnull)

    def add_tests(self) -> None:
        """Add the tests of `tests/in_projects/`, each where the project has its folder."""
        for added in ADDED.rglob("*/*.py"):
            folder = self.path / "tests" / added.parent.relative_to(ADDED)
            if folder.is_dir():
                assert not (folder / added.name).exists(), added
                shutil.copy2(added, folder)

    def test(
        self,
        *chosen: str,
        servers: Mapping[str, str] = NO_SERVERS,
        covered: bool = False,
    ) -> None:
        """Run tests of the project; none may be skipped.

        Args:
            chosen: the tests, as arguments of pytest: `*TESTS`, `ATTACKS`, or a folder.
            servers: `DATABASE_URL` and `REDIS_URL`, in place of SQLite and local memory.
            covered: whether the tests must cover every branch of the project.
        """
        record("suite")
        # Tests that need a server are not chosen where there is none, so that none is skipped.
        options = [] if servers else ["-m", "not redis and not postgresql"]
        options += ["--cov", "--cov-report=term"] if covered else []
        printed = self.run("pytest", "-q", "-p", "no:cacheprovider", *options, *chosen, **servers)
        assert not covered or "100%" in printed
        assert not re.search(r"\b\d+ (skipped|xfailed)\b", printed), printed


@contextmanager
def servers() -> Iterator[dict[str, str]]:
    """Name a database that no other run uses, and start a Redis."""
    url = os.environ.get("DATABASE_URL", "")
    if not url.startswith("postgres"):
        pytest.skip("DATABASE_URL names no PostgreSQL")
    # Django creates this database, with a prefix, and drops it.
    database = urlsplit(url)._replace(path=f"/template_{secrets.token_hex(6)}")
    with Redis() as redis:
        yield {"DATABASE_URL": urlunsplit(database), "REDIS_URL": redis.url}
