"""Free text, which every file that contains it reproduces exactly."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pytest

from tests.conftest import MODELS
from tests.read_back import read_back

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
    "| - ~ null true 1e3",
    "%(x)s \\",
    "é is e\u0301",
    "no\u00a0break",
    "\u2764\ufe0f \U0001f1e9\U0001f1ea \U0001f3f4\U0001f469\U0001f3fd",
    "W" * 120,
]


@pytest.mark.parametrize("text", TEXTS)
def test_exact_everywhere(bake: Baker, text: str) -> None:
    baked = bake(
        auth="both",
        deployment="both",
        project_slug="exact_text",
        project_name=text,
        description=text,
        author_name=text,
    )
    for name, place, found in read_back(baked.path):
        if name in {"project_name", "description", "author_name"}:
            assert found == text, (name, place)


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
