"""The README of the template: its commands, and its numbers."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.conftest import MODELS, ROOT, environment
from tests.generated.size import lines_of_code
from tests.upgrade.cruft import COMMANDS

if TYPE_CHECKING:
    from tests.conftest import Baker

BIN = Path(sys.executable).parent
README = (ROOT / "README.md").read_text("utf-8")
BLOCKS: list[str] = re.findall(r"```sh\n(.*?)\n```", README, re.DOTALL)
# What each tool would do once it has downloaded the program.
TOOLS = {
    "uvx": f'exec {BIN}/"$@"',
    "pipx": f'shift; exec {BIN}/"$@"',
    "uv": f'shift; exec {BIN}/python "$@"',
}
FIRST_SCREEN = 40


def generates(block: str) -> bool:
    return "cookiecutter gh:ORG" in block or "scripts/generate.py" in block


@pytest.mark.parametrize("block", [block for block in BLOCKS if generates(block)])
def test_a_command_that_generates(block: str, template: Path, tmp_path: Path) -> None:
    for name, line in TOOLS.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{line}\n")
        (tmp_path / name).chmod(0o755)
    command = block.replace("gh:ORG/cookiecutter-django-auth", str(template))
    command = command.replace("run scripts/", f"run {template}/scripts/")
    output = tmp_path / "output"
    output.mkdir()

    done = subprocess.run(
        ["bash", "-euc", command],
        cwd=output,
        env=environment(tmp_path) | {"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"},
        input="\n" * 13,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    (project,) = (path.parent for path in output.rglob("manage.py"))
    given = dict(re.findall(r"(\w+)=\"?([\w ]+)", command))
    name = given.get("project_name", "My Service")
    assert f'SITE_NAME = "{name}"' in (project / "config/settings/base.py").read_text("utf-8")
    assert (project / "token_auth").exists() == (given.get("auth") == "jwt")


def test_the_other_commands_are_those_of_the_demo_and_of_updates() -> None:
    """`running/test_demo.py` and `upgrade/test_update.py` run them."""
    others = [line for block in BLOCKS if not generates(block) for line in block.splitlines()]

    assert others[0] == "make demo"
    assert set(others[1:]) <= set(COMMANDS)


def test_the_first_screen_has_the_choice_the_commands_and_the_pictures() -> None:
    first = "\n".join(README.splitlines()[:FIRST_SCREEN])

    assert [f"`{model}`" in first.split("|---")[0] for model in MODELS] == [True] * len(MODELS)
    assert all(f"```sh\n{block}\n```" in first for block in BLOCKS[:2])
    assert len(re.findall(r"!\[.+?\]\(docs/images/", first)) == 2


@pytest.mark.parametrize("row", ["application and settings", "tests"])
def test_the_stated_size_is_that_of_a_project(bake: Baker, row: str) -> None:
    (cells,) = re.findall(rf"^\| {row} \| (.+) \|$", README, re.MULTILINE)
    stated = [int(cell.replace(",", "")) for cell in cells.split(" | ")]
    actual = [lines_of_code(bake(auth=auth).path, tests=row == "tests") for auth in MODELS]

    assert stated == pytest.approx(actual, rel=0.15)
