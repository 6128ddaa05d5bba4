"""Following a document of a generated project step by step."""

from __future__ import annotations

import os
import re
import subprocess
from typing import TYPE_CHECKING

from tests.environments import UV

if TYPE_CHECKING:
    from pathlib import Path

    from tests.project.checked import Project

# A paragraph or a heading, and the code block below it.
STEP = re.compile(r"((?:^(?!```|\||\n)[^\n]*\n)+)\n```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PATH = re.compile("/|^pyproject.toml$")
# Runs commands in the environment of the project, instead of making another one.
_UV = f"""#!/bin/sh
case "$1 $2" in
    sync*) exit 0 ;;
    add*) shift; exec {UV} add -q --frozen --python "$(command -v python)" "$@" ;;
    "run "*.py) shift; exec python "$@" ;;
    run*) shift; exec "$@" ;;
esac
exit 1
"""


def environment(project: Project) -> dict[str, str]:
    """Return the variables for commands of a project that begin with `uv`."""
    tools = project.scratch / "bin"
    tools.mkdir(exist_ok=True)
    (tools / "uv").write_text(_UV)
    (tools / "uv").chmod(0o755)
    path = f"{tools}{os.pathsep}{project.environment['PATH']}"
    # Without bytecode, which Python takes for current if a step changes a file within a second.
    return project.environment | {"PATH": path, "PYTHONDONTWRITEBYTECODE": "1"}


def shell(project: Project, commands: str, *, typed: str = "") -> str:
    """Run commands in bash as a user types them, and return what they print.

    Args:
        project: the project, in whose environment `uv run` runs commands.
        commands: the commands, each of which must succeed.
        typed: the input of the commands.
    """
    done = subprocess.run(
        ["bash", "-ec", commands],
        cwd=project.path,
        env=environment(project),
        input=typed,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, (commands, done.stdout)
    return done.stdout


def follow(document: str, project: Project) -> None:
    """Carry out the steps of a document in order, except `make check`."""
    edited, anchor, replaces = project.path, "", False
    steps = STEP.findall(document)
    assert len(steps) == document.count("```") / 2, "a block of code has no paragraph above it"
    for lines, language, code in steps:
        paragraph = " ".join(lines.split())
        paths = [name for name in re.findall(r"`([^`\s]+)`", paragraph) if PATH.search(name)]
        if language == "sh":
            shell(project, "\n".join(line for line in code.splitlines() if line != "make check"))
        elif "this line" in paragraph:
            edited, anchor, replaces = project.path / paths[-1], code, "replace" in paragraph
        elif anchor:
            assert paragraph in {"add:", "with:"}, paragraph
            _edit(edited, anchor, code if replaces else f"{anchor}{code}")
            anchor = ""
        elif "At the end of" in paragraph or language == "text":
            with (project.path / paths[-1]).open("a", encoding="utf-8") as file:
                file.write(code)
        else:
            for name in paths:
                (project.path / name).parent.mkdir(parents=True, exist_ok=True)
                (project.path / name).touch()
            (project.path / paths[-1]).write_text(code, "utf-8")


def _edit(path: Path, before: str, after: str) -> None:
    text = path.read_text("utf-8")
    assert text.count(f"\n{before}") == 1, (path, before)
    path.write_text(text.replace(f"\n{before}", f"\n{after}"), "utf-8")
