"""Free text comes out as it went in, in every file that holds it."""

from __future__ import annotations

import ast
import tomllib
from typing import TYPE_CHECKING

import pytest
from markdown_it import MarkdownIt

from tests.conftest import MODELS

if TYPE_CHECKING:
    from tests.conftest import Baker

TEXTS = [
    'Alice\'s "big" app',
    "O'Brien & Sons <x>",
    "50% off: C# #1",
    'back\\slash \\n \\" end\\',
    "*bold* _it_ [x](y) `code` ~~no~~ | a",
    "- item",
    "1. first",
    "# no heading",
    "@home =1+1",
    "$(id) `id` ${PATH} %(x)s",
    "<script>alert(1)</script> &amp; <!-- ]]>",
    '""" + str(1) + """',
    "'''\"]\\n[tool.evil]",
    "naïve 日本語 العربية 🚀",
    "by \U0001f469\u200d\U0001f4bb",
    "+ item",
    "--- and ___",
    "2) second",
    "![x](y) https://example.com www.example.com",
    "&lt;b&gt; C #",
]


def plain(markdown: str) -> list[str]:
    """Return the text of each paragraph and heading as a reader sees it."""
    return [
        "".join(
            child.content if child.type == "text" else f"<{child.type}>"
            for child in token.children
        )
        for token in MarkdownIt().parse(markdown)
        if token.type == "inline" and token.children
    ]


@pytest.mark.parametrize("text", TEXTS)
def test_exact_everywhere(bake: Baker, text: str) -> None:
    baked = bake(
        auth="both",
        project_slug="exact_text",
        project_name=text,
        description=text,
        author_name=text,
    )

    def read(name: str) -> str:
        return (baked.path / name).read_text("utf-8")

    project = tomllib.loads(read("pyproject.toml"))["project"]
    assert project["description"] == text
    assert project["authors"] == [{"name": text, "email": "jane@example.com"}]

    assigned = {
        statement.targets[0].id: statement.value.value
        for statement in ast.parse(read("config/settings/base.py")).body
        if isinstance(statement, ast.Assign)
        and isinstance(statement.targets[0], ast.Name)
        and isinstance(statement.value, ast.Constant)
    }
    assert assigned["SITE_NAME"] == text

    heading, description = plain(read("README.md"))[:2]
    assert heading == text
    assert description == text
    assert text in read("LICENSE")


@pytest.mark.parametrize("auth", MODELS)
def test_every_file_still_parses(bake: Baker, auth: str) -> None:
    text = "\"'\\ # % <>&{}[]: 🚀"
    baked = bake(
        auth=auth,
        deployment="both",
        project_slug="still_parses",
        project_name=text,
        description=text,
        author_name=text,
    )
    for name in baked.files():
        if name.endswith(".py"):
            compile((baked.path / name).read_text("utf-8"), name, "exec")
        if name.endswith(".toml"):
            tomllib.loads((baked.path / name).read_text("utf-8"))
