"""The Python of grown projects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.environments import build, interpreter, once, python_for
from tests.grown.project import INSTALLED

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Baker


def grown_python(bake: Baker, shared: Path) -> Path:
    """Return a Python with the packages of a project of any model and those of the team."""
    pyproject = bake(auth="both", second_factor="passkeys", django_version="6.1").path / "pyproject.toml"
    version = python_for("both", "6.1")
    venv = once(
        shared / "venv-grown", lambda folder: build(folder, version, pyproject, *INSTALLED)
    )
    return interpreter(venv)
