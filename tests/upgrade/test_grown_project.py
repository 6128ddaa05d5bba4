"""A project after a team's first month follows the template and changes its model."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.grown.environment import grown_python
from tests.grown.project import edit, grow
from tests.upgrade.cruft import DOCUMENT, commit, generate, git, must, shell

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Baker

pytestmark = pytest.mark.slow

TREE = "{{cookiecutter.project_slug}}"
# What a change of the model and a team both change; docs/upgrading.md names each.
CONFLICTS = {"config/settings/base.py", "config/urls.py", "pyproject.toml"}
UPDATE = ("cruft", "update", "--skip-apply-ask")


def conflicts(project: Path) -> set[str]:
    """Return the files with conflict markers; no `.rej` file may exist."""
    assert git(project, "ls-files", "--others", "--exclude-standard", "*.rej") == ""
    return set(git(project, "diff", "--name-only", "--diff-filter=U").splitlines())


@pytest.fixture(scope="module")
def repository(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template in two versions."""
    path = tmp_path_factory.mktemp("grown") / "template"
    shutil.copytree(template, path)
    git(path, "init", "--quiet", "--initial-branch=main")
    commit(path, "First")
    git(path, "tag", "v0.1.0")
    edit(path / TREE / "config/settings/base.py", ('"mail_from": (30,', '"mail_from": (31,'))
    with (path / TREE / "tests/attacks/reviewed_routes.txt").open("a") as routes:
        routes.write("# A later version of the template adds a line.\n")
    commit(path, "Second")
    git(path, "tag", "v0.2.0")
    return path


@pytest.mark.parametrize("auth", ["session", pytest.param("jwt", marks=pytest.mark.nightly)])
def test_grown_project_is_updated_and_changes_its_model(
    bake: Baker, shared: Path, repository: Path, tmp_path: Path, auth: str
) -> None:
    """G-13: an update has no conflict; a change of the model has those of the document."""
    python = grown_python(bake, shared)
    project = generate("cookiecutter", repository, "v0.1.0", tmp_path / "made", auth=auth)
    git(project, "init", "--quiet")
    commit(project, "As generated")
    grow(project, auth, lambda *words: must(shell(project, python, "manage.py", *words)))
    with (project / "tests/attacks/routes.txt").open("a") as routes:
        routes.write("orders/ | GET | signed in\n")
    commit(project, "Ours")

    must(shell(project, *UPDATE))

    assert conflicts(project) == set()
    base = (project / "config/settings/base.py").read_text("utf-8")
    assert '"mail_from": (31,' in base
    assert '"account_and_ip": (6, 600)' in base
    commit(project, "Update")

    to_both = json.dumps({"auth": "both"})
    must(shell(project, *UPDATE, "--variables-to-update", to_both))

    found = conflicts(project)
    assert found <= CONFLICTS
    assert all(f"`{name}`" in DOCUMENT.read_text("utf-8") for name in CONFLICTS)
    own = (project / "tests/attacks/routes.txt").read_text("utf-8")
    assert "orders/ | GET | signed in" in own
    assert (project / "shop/models.py").exists()
    assert list(project.glob("accounts/migrations/*_nickname_and_phone.py"))
