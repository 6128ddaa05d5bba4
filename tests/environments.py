"""Virtual environments for generated projects, each built once for all workers."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock

from tests.costs import record

if TYPE_CHECKING:
    from collections.abc import Callable

MODELS = ("session", "jwt", "both")
# The Python versions that generated projects support, oldest first; Django 6.1 needs 3.12.
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
UV = Path(sys.executable).parent / "uv"


def uv(words: str) -> None:
    """Run uv."""
    done = subprocess.run([UV, *words.split()], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@cache
def pythons() -> tuple[str, ...]:
    """Return the supported Python versions that this machine has, oldest first."""
    return tuple(
        version
        for version in PYTHONS
        if subprocess.run(
            [UV, "python", "find", "--no-project", version], capture_output=True, check=False
        ).returncode
        == 0
    )


def python_for(auth: str, django_version: str) -> str:
    """Return the Python version to test a model with, so that the models together use all."""
    fit = [version for version in pythons() if django_version == "5.2" or version != "3.11"]
    if not fit:
        pytest.skip(f"Django {django_version} needs a newer Python than this machine has")
    return fit[MODELS.index(auth) * len(fit) // len(MODELS)] if auth != "both" else fit[-1]


def once(folder: Path, make: Callable[[Path], None]) -> Path:
    """Create a folder, unless another worker has created it.

    Args:
        folder: the folder to return; every worker passes the same.
        make: a function that fills the folder.
    """
    done = folder.with_name(f"{folder.name}.done")
    with FileLock(folder.with_name(f"{folder.name}.lock")):
        if not done.exists():
            make(folder)
            done.touch()
    return folder


def interpreter(venv: Path) -> Path:
    """Return the Python of a virtual environment."""
    return venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def build(venv: Path, python_version: str, pyproject: Path, *options: str) -> None:
    """Build an environment with the requirements of a project, its tools included."""
    record("environment")
    uv(f"venv --quiet --clear --python {python_version} {venv}")
    # Not compiled: the first process that imports a module does so, and most are never imported.
    words = f"pip install --quiet --python {interpreter(venv)}"
    uv(f"{words} {' '.join(options)} -r {pyproject} --group {pyproject}:dev")
