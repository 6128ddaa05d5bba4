"""The picture of the prompts, compared with what Cookiecutter asks."""

from __future__ import annotations

import re
import runpy
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest

from tests.conftest import ROOT

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable


@pytest.fixture(scope="module")
def script() -> dict[str, Any]:
    return runpy.run_path(str(ROOT / "scripts" / "draw_prompts.py"))


def test_the_picture_is_up_to_date(script: dict[str, Any]) -> None:
    lines = list(script["prompts"](ROOT / "cookiecutter.json"))

    assert script["PICTURE"].read_text("utf-8") == script["draw"](lines)


def test_the_picture_shows_what_cookiecutter_asks(
    script: dict[str, Any], cli: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    picture = script["PICTURE"].read_text("utf-8").replace("\u00a0", " ")
    drawn = re.findall(r"<text [^>]+>(.+)</text>", picture)
    done = cli(input="\n" * len(drawn))

    # Answers that are not typed leave the next question on the same line.
    printed = re.sub(r"(?<=\): )(?=  \[)", "\n", done.stdout.partition("\nGenerated ")[0])
    assert [unescape(line) for line in drawn] == [line.strip() for line in printed.splitlines()]
    assert max(len(line.rstrip()) for line in printed.splitlines()) <= script["COLUMNS"]
