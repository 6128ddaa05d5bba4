"""Virtual environment of the measured projects, and the versions in it."""

from __future__ import annotations

import json
import platform
import subprocess
from typing import TYPE_CHECKING

from tests.environments import interpreter, uv

if TYPE_CHECKING:
    from pathlib import Path

PACKAGES = [
    "django",
    "djangorestframework",
    "djangorestframework-simplejwt",
    "pyjwt",
    "django-rest-knox",
    "django-allauth",
    "structlog",
    "django-structlog",
    "redis",
    "psycopg",
    "gunicorn",
]
VERSIONS = """
import json, sys
from importlib.metadata import version
print(json.dumps({name: version(name) for name in sys.argv[1:]}))
"""


def install(folder: Path, pyproject: Path, others: list[str]) -> Path:
    """Install the requirements of a project and other packages, and return the interpreter.

    All variants share it, so that both sides have the same Django, driver and client of Redis.
    """
    venv = folder / "venv"
    requirements = folder / "requirements.txt"
    requirements.write_text("\n".join(others))
    uv(f"venv --quiet --python {platform.python_version()} {venv}")
    python = interpreter(venv)
    words = "pip install --quiet --compile-bytecode"
    uv(f"{words} --python {python} -r {pyproject} -r {requirements}")
    return python


def versions(python: Path) -> dict[str, str]:
    """Return the versions of Python and of the packages that matter."""
    done = subprocess.run(
        [python, "-c", VERSIONS, *PACKAGES], check=True, capture_output=True, text=True
    )
    found: dict[str, str] = json.loads(done.stdout)
    return {"python": platform.python_version(), **found}
