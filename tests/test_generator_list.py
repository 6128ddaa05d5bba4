"""Every case of the list of what a generator must survive is named by a test."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.conftest import ROOT

if TYPE_CHECKING:
    from tests.conftest import Baker

# Gaps in the numbers are the list's own.
GAPS = {18, 26, 29, 48, 53}
CASES = {f"G{number:02}" for number in range(1, 61) if number not in GAPS}
CASE = re.compile(r"\bG\d\d\b")
TEST = re.compile(r'^def test_[^"]*?:(?:  # .*)?\n    """(.*?)[.:]', re.MULTILINE | re.DOTALL)


def test_every_case_is_a_test(bake: Baker) -> None:
    folders = [ROOT / "tests", bake(auth="both").path / "tests"]
    sources = [path.read_text("utf-8") for f in folders for path in f.rglob("test_*.py")]
    found = {
        case for text in sources for said in TEST.findall(text) for case in CASE.findall(said)
    }
    assert found == CASES
