"""What developers type in a generated project: its FAQ, its Makefile and its commit hooks."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from typing import TYPE_CHECKING

import pytest
import requests

from tests.project.checked import Project
from tests.project.following import environment, shell
from tests.servers.ports import free_port
from tests.servers.waiting import wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Install

pytestmark = pytest.mark.slow

BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MODELS = ["both", *(pytest.param(auth, marks=pytest.mark.nightly) for auth in ("session", "jwt"))]


@pytest.fixture(params=MODELS)
def project(request: pytest.FixtureRequest, bake_with_venv: Install, tmp_path: Path) -> Project:
    baked, python = bake_with_venv(request.param)
    project = Project(baked.copy_to(tmp_path).path, python, tmp_path)
    # A shell that belongs to another project.
    project.environment["DATABASE_URL"] = f"sqlite:///{tmp_path / 'other.sqlite3'}"
    return project


def serves(project: Project, port: int) -> None:
    """Run `make run` until the service answers."""
    server = subprocess.Popen(
        ["make", "run", f"PORT={port}"],
        cwd=project.path,
        env=environment(project),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )

    def answers() -> bool:
        assert server.poll() is None
        try:
            return requests.get(f"http://127.0.0.1:{port}/health/ready/", timeout=60).ok
        except requests.RequestException:
            return False

    try:
        wait_until(answers)
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=60)


def test_each_command_of_the_faq_works(project: Project) -> None:
    shell(project, "uv run manage.py migrate -v0")
    answers = BLOCK.findall((project.path / "docs/faq.md").read_text("utf-8"))
    assert len(answers) >= 10
    printed = {}
    for answer in answers:
        if answer.startswith("make run"):
            serves(project, free_port())
            continue
        printed[answer] = shell(project, answer, typed="a new long password\n" * 2)

    said = "".join(printed.values())
    assert "Password: " in said
    assert "changed successfully for user 'admin@example.com'" in said
    assert "Subject: " in said
    assert (project.path / "db.sqlite3").exists()


def test_verbs_of_the_makefile_say_what_they_do(project: Project) -> None:
    verbs = re.findall(r"^([a-z-]+):", (project.path / "Makefile").read_text(), re.MULTILINE)
    assert re.findall(r"^([a-z-]+)  +\S", shell(project, "make"), re.MULTILINE) == verbs


def test_commit_hooks_stop_a_commit_that_the_checks_would_refuse(project: Project) -> None:
    shell(project, "git init -q && git config user.email a@example.com && git config user.name A")
    shell(project, "make install && git add --all && git commit -qm 'As generated'")
    (project.path / "bad.py").write_text("import os\nimport  sys\n")

    with pytest.raises(AssertionError, match="ruff"):
        shell(project, "git add --all && git commit -qm 'Bad'")

    shell(project, "make format && git add --all && git commit -qm 'Good'")
