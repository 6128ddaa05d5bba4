"""Code that the tests of settings share."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]
Load = Callable[[str, dict[str, str]], ModuleType]


def run(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run Python in the project with these variables and no others."""
    return subprocess.run(  # noqa: S603 - our own commands
        [sys.executable, *words],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1", **variables},
        capture_output=True,
        text=True,
        check=False,
    )
