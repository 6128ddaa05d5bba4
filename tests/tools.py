"""Tools of the template's own environment."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

BIN = Path(sys.executable).parent


def run(*words: object, folder: Path) -> str:
    """Run a tool, which must find no problem."""
    done = subprocess.run(
        [BIN / str(words[0]), *map(str, words[1:])],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
