"""Tests that follow the recipes of generated projects."""

from __future__ import annotations

import os
import re
import secrets
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.conftest import MODELS, ROOT
from tests.grown.environment import grown_python
from tests.project import following
from tests.project.checked import Project
from tests.project.following import follow, shell

if TYPE_CHECKING:
    from tests.conftest import Baker

pytestmark = pytest.mark.slow

RECIPES = ROOT / "{{cookiecutter.project_slug}}" / "docs" / "recipes"
# Needs a server; a test of its own follows it.
POSTGRESQL = "postgresql.md"
# Clients, which change no project; tests/browser and tests/running run them.
CLIENTS = {"browser-client.md", "mobile-client.md"}
ROUTES = "tests/attacks/test_routes.py"
FOLDERS = {"session": {".", "pages"}, "jwt": {".", "api"}, "both": {".", "pages", "api"}}
BEFORE = re.compile(r"After you \[[^]]+\]\(([^)]+)\)")


def recipes(auth: str, folder: Path = RECIPES) -> list[Path]:
    """Return the recipes of a model; those that others build on come first."""
    found = [
        path
        for path in folder.rglob("*.md")
        if path.name not in {POSTGRESQL, *CLIENTS}
        and path.parent.relative_to(folder).as_posix() in FOLDERS[auth]
    ]
    return sorted(found, key=lambda path: (len(path.parts), path))


def make(bake: Baker, shared: Path, tmp_path: Path, auth: str) -> Project:
    baked = bake(auth=auth, django_version="6.1").copy_to(tmp_path)
    return Project(baked.path, grown_python(bake, shared), tmp_path)


def follow_all(paths: list[Path], project: Project) -> list[str]:
    """Follow documents, each after the one that it builds on, and return their texts."""
    followed: dict[Path, str] = {}
    for path in paths:
        text = path.read_text("utf-8")
        before = [path.parent / name for name in BEFORE.findall(text)]
        for document in (*before, path):
            if (known := document.resolve()) not in followed:
                followed[known] = document.read_text("utf-8")
                follow(followed[known], project)
    return list(followed.values())


def check(project: Project, documents: list[str]) -> None:
    """Run the checks, and the tests that the documents create."""
    project.check()
    project.check_types()
    project.run("deptry", ".")
    created = {
        name for text in documents for name in re.findall(r"`(tests/\S+/test_\w+\.py)`", text)
    }
    assert created
    project.test(*sorted(created | {ROUTES}))


@pytest.mark.parametrize("auth", MODELS)
def test_recipes_change_lines_that_exist(
    bake: Baker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, auth: str
) -> None:
    """Without their commands and checks, which run at night."""
    monkeypatch.setattr(following, "shell", lambda *_: "")
    path = bake(auth=auth).copy_to(tmp_path).path
    project = Project(path, Path(sys.executable), tmp_path)
    assert follow_all(recipes(auth, path / "docs/recipes"), project)


@pytest.mark.nightly
@pytest.mark.parametrize("auth", MODELS)
def test_all_recipes_together_pass_all_checks(
    bake: Baker, shared: Path, tmp_path: Path, auth: str
) -> None:
    project = make(bake, shared, tmp_path, auth)
    found = recipes(auth, project.path / "docs/recipes")
    assert [path.name for path in found] == [path.name for path in recipes(auth)]
    check(project, follow_all(found, project))


@pytest.mark.nightly
@pytest.mark.parametrize(
    ("auth", "name"),
    [(auth, path.relative_to(RECIPES).as_posix()) for auth in MODELS for path in recipes(auth)],
)
def test_each_recipe_alone_passes_all_checks(
    bake: Baker, shared: Path, tmp_path: Path, auth: str, name: str
) -> None:
    project = make(bake, shared, tmp_path, auth)
    check(project, follow_all([project.path / "docs/recipes" / name], project))


def test_second_factor_holds_the_sign_ins_of_another_package(
    bake: Baker, shared: Path, tmp_path: Path
) -> None:
    """M01: nothing in the recipe, and nothing in allauth, mentions a second factor."""
    project = make(bake, shared, tmp_path, "session")
    follow_all([project.path / "docs/recipes/pages/google-sign-in.md"], project)
    project.add_tests()
    project.test("tests/google_sign_in")


def test_developers_can_use_postgresql(bake: Baker, shared: Path, tmp_path: Path) -> None:
    url = urlsplit(os.environ.get("DATABASE_URL", ""))
    if url.scheme != "postgres":
        pytest.skip("DATABASE_URL names no PostgreSQL")
    project = make(bake, shared, tmp_path, "session")
    # The server that a developer has, for all tools of PostgreSQL.
    parts = {
        "PGHOST": url.hostname,
        "PGPORT": str(url.port or ""),
        "PGUSER": url.username,
        "PGPASSWORD": url.password,
    }
    project.environment |= {name: value for name, value in parts.items() if value}
    name = f"template_{secrets.token_hex(6)}"
    document = (project.path / "docs/recipes" / POSTGRESQL).read_text("utf-8")
    try:
        follow(document.replace("my_project", name), project)
        assert "accounts_user" in shell(project, f"psql --dbname={name} --command='\\dt'")
    finally:
        shell(project, f"dropdb --if-exists --force {name}")
