"""A template with a history, projects generated from it, and commands of docs/upgrading.md."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping

BIN = Path(sys.executable).parent
DOCUMENT = ROOT / "docs" / "upgrading.md"
COMMANDS = [
    line.strip()
    for block in re.findall(r"```sh\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
    for line in block.splitlines()
    if line.strip()
]
# The Git configuration of this machine has no effect.
ENVIRONMENT = {
    "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "Jane",
    "GIT_AUTHOR_EMAIL": "jane@example.com",
    "GIT_COMMITTER_NAME": "Jane",
    "GIT_COMMITTER_EMAIL": "jane@example.com",
}


def shell(folder: Path, *words: object, **more: Any) -> subprocess.CompletedProcess[str]:
    """Run a program and return its result, whether or not it succeeds."""
    environment = ENVIRONMENT | {"HOME": str(folder.parent)} | more.pop("env", {})
    return subprocess.run(
        [str(word) for word in words],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        **more,
    )


def git(folder: Path, *words: str) -> str:
    """Run Git, which must succeed, and return its output."""
    done = shell(folder, "git", *words)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()


def commit(folder: Path, message: str) -> str:
    """Commit everything, and return the ID of the commit."""
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", message)
    return git(folder, "rev-parse", "HEAD")


def documented(
    folder: Path,
    command: str,
    put: Mapping[str, str] | None = None,
    env: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run a documented command, in the environment of the tests.

    Args:
        folder: the folder to run it in.
        command: one line of the document.
        put: replacements for parts of the command.
        env: additional environment variables.
    """
    assert command in COMMANDS
    for word, replacement in ({"uvx cruft": "cruft"} | dict(put or {})).items():
        command = command.replace(word, replacement)
    return shell(folder, "sh", "-c", command, env=dict(env or {}))


def must(done: subprocess.CompletedProcess[str]) -> str:
    """Return the output of a program that must succeed."""
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()


def generate(made_by: str, template: Path, version: str, output: Path, **answers: str) -> Path:
    """Generate a project with either tool, and commit it unchanged."""
    given = ["--no-input", "--output-dir", output, "--checkout", version]
    output.mkdir(parents=True, exist_ok=True)
    if made_by == "cruft":
        done = shell(
            output, "cruft", "create", template, *given, "--extra-context", json.dumps(answers)
        )
    else:
        words = [f"{name}={answer}" for name, answer in answers.items()]
        done = shell(output, "cookiecutter", f"git+file://{template}", *given, *words)
    assert done.returncode == 0, done.stdout + done.stderr
    (project,) = (path for path in output.iterdir() if (path / "manage.py").exists())
    return project
