"""What reads code without running it finds nothing in a generated project."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.conftest import MODELS, ROOT

if TYPE_CHECKING:
    from tests.conftest import Bake, Baker

BIN = Path(sys.executable).parent


@pytest.fixture(params=MODELS)
def baked(request: pytest.FixtureRequest, bake: Baker) -> Bake:
    return bake(auth=request.param, deployment="both")


def run(*words: object, folder: Path) -> str:
    """Run a tool, which must find nothing."""
    done = subprocess.run(
        [BIN / str(words[0]), *map(str, words[1:])],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_bandit(baked: Bake) -> None:
    """G44 G51."""
    folders = [path.parent.name for path in baked.path.glob("*/__init__.py")]
    sources = [name for name in folders if name != "tests"] + ["manage.py", "deploy"]
    run("bandit", "--quiet", "--recursive", *sources, folder=baked.path)


def test_no_secret_is_committed(baked: Bake) -> None:
    """G44."""
    # Tests are full of passwords that open nothing.
    names = [name for name in baked.files() if name != ".env" and not name.startswith("tests/")]
    printed = run("detect-secrets", "scan", *names, folder=baked.path)

    assert json.loads(printed)["results"] == {}


@pytest.mark.parametrize("folder", ["baked", "template"])
def test_workflows(bake: Baker, folder: str) -> None:
    """G24 G56 G57."""
    where = bake(auth="both").path if folder == "baked" else ROOT
    run("zizmor", "--offline", "--no-progress", ".github/workflows", folder=where)
