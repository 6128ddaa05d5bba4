"""What reads code without running it finds nothing in a generated project."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.conftest import MODELS, ROOT
from tests.tools import run

if TYPE_CHECKING:
    from tests.conftest import Bake, Baker


@pytest.fixture(params=MODELS)
def baked(request: pytest.FixtureRequest, bake: Baker) -> Bake:
    return bake(auth=request.param, deployment="both")


def test_bandit(baked: Bake) -> None:
    folders = [path.parent.name for path in baked.path.glob("*/__init__.py")]
    sources = [name for name in folders if name != "tests"] + ["manage.py", "deploy"]
    run("bandit", "--quiet", "--recursive", *sources, folder=baked.path)


def test_no_secret_is_committed(baked: Bake) -> None:
    # Tests are full of passwords that open nothing.
    names = [name for name in baked.files() if name != ".env" and not name.startswith("tests/")]
    printed = run("detect-secrets", "--cores", "1", "scan", *names, folder=baked.path)

    assert json.loads(printed)["results"] == {}


@pytest.mark.parametrize("folder", ["baked", "template"])
def test_workflows(bake: Baker, folder: str) -> None:
    where = bake(auth="both").path if folder == "baked" else ROOT
    run("zizmor", "--offline", "--no-progress", ".github/workflows", folder=where)
