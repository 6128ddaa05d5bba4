"""Spectral and Redocly accept the OpenAPI description of a generated project."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Install

pytestmark = [pytest.mark.slow, pytest.mark.nightly]

PACKAGES = Path(__file__).parent / "linters" / "package.json"
# The paths end with a slash, as Django's do; clients that omit it would be redirected.
SPECTRAL = """
extends: ["spectral:oas"]
rules:
  path-keys-no-trailing-slash: off
"""
REDOCLY = """
extends: [recommended]
rules:
  no-path-trailing-slash: off
telemetry: "off"
"""


def test_linters_find_nothing(bake_with_venv: Install, tmp_path: Path) -> None:
    if shutil.which("npm") is None:
        pytest.skip("there is no npm")
    baked, python = bake_with_venv("both")
    shutil.copy(PACKAGES, tmp_path)
    words = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"]
    subprocess.run(words, cwd=tmp_path, check=True, timeout=600)
    (tmp_path / ".spectral.yaml").write_text(SPECTRAL, "utf-8")
    (tmp_path / "redocly.yaml").write_text(REDOCLY, "utf-8")
    # The linters report addresses of examples as servers.
    environment = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "config.settings.development",
        "PUBLIC_BASE_URL": "https://api.acme.test",
    }
    document = tmp_path / "openapi.json"
    words = [str(python), "manage.py", "spectacular", "--format", "openapi-json"]
    words += ["--file", str(document), "--validate", "--fail-on-warn"]
    subprocess.run(words, cwd=baked.path, env=environment, check=True, timeout=120)

    lint(tmp_path, "spectral", "lint", document.name, "--fail-severity", "hint")
    report = lint(tmp_path, "redocly", "lint", document.name, "--format", "json")
    assert json.loads(report)["problems"] == [], report


def lint(folder: Path, linter: str, *arguments: str) -> str:
    """Run a linter, which must succeed, and return its output."""
    found = subprocess.run(
        [folder / "node_modules/.bin" / linter, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert found.returncode == 0, found.stdout + found.stderr
    return found.stdout
