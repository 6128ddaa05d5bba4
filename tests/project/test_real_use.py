"""Each lesson from real use is a test."""

from __future__ import annotations

import re

from tests.conftest import ROOT

TREES = (ROOT / "tests", ROOT / "{{cookiecutter.project_slug}}" / "tests")


def test_every_lesson_is_the_subject_of_a_test() -> None:
    document = (ROOT / "docs" / "real-use.md").read_text("utf-8")
    lessons = set(re.findall(r"^\| ([A-G]-?\d\d) \|", document, re.MULTILINE))
    named: set[str] = set()
    for tree in TREES:
        for path in tree.rglob("*.py"):
            docstrings = re.findall(r'"""(.*?)"""', path.read_text("utf-8"), re.DOTALL)
            named.update(*(re.findall(r"\b[A-G]-?\d\d\b", text) for text in docstrings))

    assert len(lessons) > 50
    assert lessons - named == set()
