"""Vocabulary of generated projects."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.conftest import MODELS, ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Baker

CHECK = ROOT / "scripts" / "check_language.py"


def check(path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, CHECK, path], capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("auth", MODELS)
def test_generated_files_hold_no_banned_word(bake: Baker, auth: str) -> None:
    done = check(bake(auth=auth, deployment="both").path)

    assert (done.stdout, done.returncode) == ("", 0)


def test_a_banned_word_is_reported_with_its_replacement(tmp_path: Path) -> None:
    word = "who" + "ever"
    (tmp_path / "page.md").write_text(f"Tell\n{word} asks.\n", "utf-8")

    done = check(tmp_path)

    assert done.returncode == 1
    assert f"page.md:2: {word!r}: write users" in done.stdout
