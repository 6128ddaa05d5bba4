"""Each generated project passes its own checks, and so does the tree that it is generated from."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

import pytest

from tests.conftest import MODELS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from tests.conftest import Bake

    Install = Callable[..., tuple[Bake, Path]]

pytestmark = pytest.mark.slow

TREE = "{{cookiecutter.project_slug}}"
PRODUCTION = {
    "SECRET_KEY": "a-secret-for-this-test-alone-" + "0123456789" * 4,
    "ALLOWED_HOSTS": "example.com",
    "PUBLIC_BASE_URL": "https://example.com",
    "FRONTEND_URL": "https://app.example.com",
    "ADMIN_URL": "back-office/",
    "JWT_SIGNING_KEYS": "a:" + "QUJD" * 16,
    "DATABASE_URL": "postgres://user:password@127.0.0.1/database",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
    "EMAIL_URL": "submission://user:password@mail.example.com:587",
    "DEFAULT_FROM_EMAIL": "service@example.com",
}


class Project:
    """A project and the Python that has what it requires."""

    def __init__(self, path: Path, python: Path, scratch: Path) -> None:
        self.path = path
        self.tools = python.parent
        self.environment = {
            "PATH": f"{self.tools}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(scratch),
            "PYTHONDONTWRITEBYTECODE": "1",
            # What is installed is read once for all projects that use it.
            "MYPY_CACHE_DIR": str(python.parent.parent / "mypy"),
            "RUFF_CACHE_DIR": str(scratch / "ruff"),
            "COVERAGE_FILE": str(scratch / "coverage"),
        }

    def run(self, *words: str, **more: str) -> str:
        """Run a tool of the project and return what it prints; it must succeed."""
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
        """Run every check but the tests."""
        self.run("ruff", "check", *ruff)
        self.run("ruff", "format", "--check")
        self.run("mypy")
        self.run("lint-imports", "--no-cache")
        self.run("python", "manage.py", "makemigrations", "--check", "--dry-run")
        printed = self.run(
            *("python", "manage.py", "check", "--deploy", "--fail-level", "WARNING"),
            DJANGO_SETTINGS_MODULE="config.settings.production",
            **PRODUCTION,
        )
        assert "System check identified no issues" in printed

    def test(
        self,
        servers: Mapping[str, str] = MappingProxyType({}),
        *,
        attacked: bool = False,
        covered: bool = False,
    ) -> None:
        """Run the tests.

        Args:
            servers: what the tests are to use in place of SQLite and the memory.
            attacked: whether to carry out the attack list too, which takes as long as the rest
                together: where it tells most, with the servers of production, and once without.
            covered: whether to see that all of the project's own code is run, once for each set
                of code.
        """
        # What takes a Redis runs where there is one, and is not skipped where there is none.
        chosen = [] if "REDIS_URL" in servers else ["-m", "not redis"]
        chosen += [] if attacked else ["--ignore=tests/attacks"]
        chosen += ["--cov", "--cov-report=term"] if covered else []
        printed = self.run("pytest", "-q", "-p", "no:cacheprovider", *chosen, **servers)
        assert not covered or "100%" in printed
        assert not re.search(r"\b\d+ (skipped|xfailed)\b", printed), printed


def servers(name: str) -> dict[str, str]:
    """Return where PostgreSQL and Redis are, with a database of this name."""
    database, redis = os.environ.get("DATABASE_URL"), os.environ.get("REDIS_URL")
    if not database or not redis:
        pytest.skip("DATABASE_URL and REDIS_URL name no servers")
    index = 10 + sorted(["jwt", "session", "both", "raw"]).index(name)
    return {
        "DATABASE_URL": urlunsplit(urlsplit(database)._replace(path=f"/template_{name}")),
        "REDIS_URL": urlunsplit(urlsplit(redis)._replace(path=f"/{index}")),
    }


@pytest.fixture
def project(request: pytest.FixtureRequest, bake_with_venv: Install, tmp_path: Path) -> Project:
    baked, python = bake_with_venv(request.param)
    return Project(baked.path, python, tmp_path)


@pytest.mark.parametrize("project", MODELS, indirect=True)
def test_linters_and_types(project: Project) -> None:
    project.check()


@pytest.mark.parametrize("project", MODELS, indirect=True)
def test_no_requirement_is_unused_or_missing(project: Project) -> None:
    """G56."""
    project.run("deptry", ".")


@pytest.mark.parametrize("project", MODELS, indirect=True)
def test_own_tests_on_sqlite(project: Project) -> None:
    project.test(covered=True)


@pytest.mark.parametrize("project", MODELS, indirect=True)
def test_own_tests_on_postgresql_and_redis(
    project: Project, request: pytest.FixtureRequest
) -> None:
    project.test(servers(request.node.callspec.params["project"]), attacked=True)


@pytest.mark.parametrize("project", MODELS, indirect=True)
def test_production_refuses_the_secrets_of_a_checkout(project: Project) -> None:
    """G43."""
    lines = (project.path / ".env").read_text("utf-8").splitlines()
    values = dict(line.split("=", 1) for line in lines if not line.startswith("#"))
    settings = {"DJANGO_SETTINGS_MODULE": "config.settings.production"}
    for name, value in values.items():
        with pytest.raises(AssertionError, match=name):
            project.run("python", "manage.py", "check", **settings, **PRODUCTION | {name: value})


@pytest.mark.parametrize("auth", MODELS)
def test_the_newest_django(bake_with_venv: Install, tmp_path: Path, auth: str) -> None:
    baked, python = bake_with_venv(auth, "6.1")
    project = Project(baked.path, python, tmp_path)
    project.check()
    project.test(attacked=auth == "both")


def test_closed_registration(
    bake: Callable[..., Bake], bake_with_venv: Install, tmp_path: Path
) -> None:
    """G14 G17 G22 G25."""
    _, python = bake_with_venv("both")
    # No name and no slug keeps a project from passing its own checks.
    odd = {
        "project_slug": "x" * 40,
        "project_name": """Alice's "big" <b>shop</b> \\ ${PATH} & \u65e5\u672c \u2013 """
        + "W" * 70,
        "description": '"quoted" <i>text</i> \\ %(x)s',
        "author_name": 'O\'Brien & "Sons"',
    }
    for auth in MODELS:
        baked = bake(auth=auth, registration="closed", **odd).copy_to(tmp_path / auth)
        project = Project(baked.path, python, tmp_path)
        project.check()
        project.test(covered=True)


def test_the_raw_tree(template: Path, bake_with_venv: Install, tmp_path: Path) -> None:
    _, python = bake_with_venv("both")
    tree = shutil.copytree(template / TREE, tmp_path / "tree")
    project = Project(tree, python, tmp_path)
    # Its requirements hold the answer that names the Django version, which is no version yet.
    project.check("--ignore=RUF200")
    project.test()
