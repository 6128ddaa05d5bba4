"""Tests that follow the documents on the first page and the first endpoint."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

import pytest

from tests.project.checked import Project

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Install

pytestmark = pytest.mark.slow

DOCUMENTS = {"session": ["page"], "jwt": ["endpoint"], "both": ["page", "endpoint"]}
# A paragraph and the code block below it.
STEP = re.compile(r"((?:^[^`\n#|].*\n)+)\n```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINE_AND_ADDITION = re.compile(r"```\n\n```text\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"^```(?:python|html|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# `make check` runs these on the whole project; the tests of the template pass with any app.
CHECKS = ("tests/notes", "tests/memos", "tests/attacks/test_routes.py")


def follow(document: str, project: Project) -> None:
    """Carry out the steps of a document in order."""
    for paragraph, language, code in STEP.findall(document):
        paths = [name for name in re.findall(r"`([^`\s]+)`", paragraph) if "/" in name]
        if language == "sh":
            for command in code.splitlines():
                carry_out(command, project)
        elif "below this line" in paragraph:
            end = document.index(f"\n{code}```\n", document.index(paragraph)) + len(code) + 1
            addition = LINE_AND_ADDITION.match(document, end)
            assert addition is not None, paragraph
            path = project.path / paths[0]
            text = path.read_text("utf-8")
            assert text.count(f"\n{code}") == 1, code
            path.write_text(text.replace(f"\n{code}", f"\n{code}{addition[1]}"), "utf-8")
        elif language == "text":
            with (project.path / paths[-1]).open("a", encoding="utf-8") as file:
                file.write(code)
        else:
            for name in paths:
                (project.path / name).parent.mkdir(parents=True, exist_ok=True)
                (project.path / name).touch()
            (project.path / paths[-1]).write_text(code, "utf-8")


def carry_out(command: str, project: Project) -> None:
    """Run a command of a document; `make check` without the tests that no app changes."""
    if command != "make check":
        project.run("python", *shlex.split(command.removeprefix("uv run ")))
        return
    project.check()
    project.check_types()
    project.run("deptry", ".")
    project.test(*(name for name in CHECKS if (project.path / name).exists()))


@pytest.mark.parametrize(
    "auth", ["session", "jwt", pytest.param("both", marks=pytest.mark.nightly)]
)
def test_documented_first_feature_passes_all_checks(
    bake_with_venv: Install, tmp_path: Path, auth: str
) -> None:
    baked, python = bake_with_venv(auth)
    project = Project(baked.copy_to(tmp_path).path, python, tmp_path)
    for kind in DOCUMENTS[auth]:
        document = (project.path / f"docs/first-{kind}.md").read_text("utf-8")
        assert "make check\n" in document

        follow(document, project)


@pytest.mark.parametrize("kind", ["page", "endpoint"])
def test_first_feature_needs_less_than_sixty_lines(template: Path, kind: str) -> None:
    document = template / "{{cookiecutter.project_slug}}" / "docs" / f"first-{kind}.md"
    blocks = re.findall(
        r"^```(?:python|html|text)\n(.*?)^```$",
        document.read_text("utf-8"),
        re.MULTILINE | re.DOTALL,
    )
    lines = [line for block in blocks for line in block.splitlines() if line.strip()]
    shown_only = document.read_text("utf-8").count("below this line")

    assert len(lines) - shown_only < 60
