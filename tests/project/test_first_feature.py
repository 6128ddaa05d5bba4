"""Tests that follow the documents on the first page and the first endpoint."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.project.checked import Project
from tests.project.following import follow

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Install

pytestmark = pytest.mark.slow

DOCUMENTS = {"session": ["page"], "jwt": ["endpoint"], "both": ["page", "endpoint"]}
# `make check` runs these on the whole project; the tests of the template pass with any app.
CHECKS = ("tests/notes", "tests/memos", "tests/attacks/test_routes.py")


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
        project.check()
        project.check_types()
        project.run("deptry", ".")
        project.test(*(name for name in CHECKS if (project.path / name).exists()))


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
