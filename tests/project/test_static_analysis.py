"""Static analysis finds no problem in a generated project."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from detect_secrets.core.secrets_collection import SecretsCollection
from detect_secrets.settings import default_settings

from tests.conftest import BOTH_BY_DAY, ROOT
from tests.tools import run

if TYPE_CHECKING:
    from tests.conftest import Bake, Baker


@pytest.fixture(params=BOTH_BY_DAY)
def baked(request: pytest.FixtureRequest, bake: Baker) -> Bake:
    return bake(auth=request.param, deployment="both")


def test_bandit(baked: Bake) -> None:
    folders = [path.parent.name for path in baked.path.glob("*/__init__.py")]
    sources = [name for name in folders if name != "tests"] + ["manage.py", "deploy"]
    run("bandit", "--quiet", "--recursive", *sources, folder=baked.path)


def test_no_secret_is_committed(baked: Bake) -> None:
    # Tests are full of passwords that open nothing, and the record names a commit.
    exempt = (".cruft.json", ".env", "tests/")
    secrets = SecretsCollection(root=str(baked.path))
    # In this process: the command waits forever if one of its processes ends early.
    with default_settings():
        for name in baked.files():
            if not name.startswith(exempt) or name == ".env.example":
                secrets.scan_file(name)

    assert [(name, secret.line_number, secret.type) for name, secret in secrets] == []


@pytest.mark.parametrize("folder", ["baked", "template"])
def test_workflows(bake: Baker, folder: str) -> None:
    where = bake(auth="both", second_factor="passkeys").path if folder == "baked" else ROOT
    run("zizmor", "--offline", "--no-progress", ".github/workflows", folder=where)
