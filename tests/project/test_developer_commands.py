"""What developers type in a generated project: its FAQ, its Makefile and its commit hooks."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
import requests

from tests.conftest import BOTH_BY_DAY
from tests.project.checked import Project
from tests.project.following import environment, shell
from tests.servers.ports import free_port
from tests.servers.waiting import wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Install

pytestmark = pytest.mark.slow

BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture(params=BOTH_BY_DAY)
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
        # Not SIGTERM, which Django's reloader can lose if it arrives twice.
        os.killpg(server.pid, signal.SIGKILL)
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


def answer(project: Project, command: str, answers: dict[str, str]) -> str:
    """Run a command in a terminal, type each answer at its prompt, and return what it prints."""
    terminal, end = pty.openpty()
    with subprocess.Popen(
        ["bash", "-ec", command],
        cwd=project.path,
        env=environment(project),
        stdin=end,
        stdout=end,
        stderr=end,
        start_new_session=True,
    ) as process:
        os.close(end)
        printed = ""
        for prompt, typed in answers.items():
            while not printed.endswith(prompt):
                printed += os.read(terminal, 1024).decode()
            os.write(terminal, f"{typed}\n".encode())
        # Linux reports the end of the output as an error.
        with suppress(OSError):
            while more := os.read(terminal, 1024):
                printed += more.decode()
    os.close(terminal)
    assert process.returncode == 0, printed
    return printed


def test_verbs_for_users_and_translations(project: Project) -> None:
    assert "Password: " in shell(project, "make demo-data")
    email, password = "me@example.com", "horse-candle-orbit"
    prompts = {"Email: ": email, "Password: ": password, "Password (again): ": password}
    assert "created successfully" in answer(project, "make superuser", prompts)
    users = "from accounts.models import User; print(User.objects.filter(is_superuser=True))\n"
    assert email in shell(project, "make shell", typed=users)

    catalogs = {path: path.read_bytes() for path in project.path.rglob("locale/de/**/*.mo")}
    for path in catalogs:
        path.unlink()
    shell(project, "make messages")
    assert {path: path.read_bytes() for path in catalogs} == catalogs


@pytest.mark.nightly
def test_verbs_for_tests_run_each_test_once(project: Project) -> None:
    project.environment |= {"PYTEST_ADDOPTS": "--collect-only -p no:cacheprovider --quiet"}
    unit, attacks, every = (
        set(re.findall(r"^(tests/\S+::\w+)", shell(project, command), re.MULTILINE))
        for command in ("make test", "make test-attacks", "pytest")
    )
    assert unit
    assert attacks
    assert unit | attacks == every
    assert not unit & attacks


@pytest.mark.nightly
def test_check_passes_as_generated(project: Project) -> None:
    assert "100%" in shell(project, "make check")


def test_commit_hooks_stop_a_commit_that_the_checks_would_refuse(project: Project) -> None:
    shell(project, "git init -q && git config user.email a@example.com && git config user.name A")
    shell(project, "make install && git add --all && git commit -qm 'As generated'")
    (project.path / "bad.py").write_text("import os\nimport  sys\n")

    with pytest.raises(AssertionError, match="ruff"):
        shell(project, "git add --all && git commit -qm 'Bad'")

    shell(project, "make format && git add --all && git commit -qm 'Good'")
