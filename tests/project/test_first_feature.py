"""Tests that follow the documents on the first page and the first endpoint."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.conftest import BOTH_BY_DAY
from tests.grown.environment import grown_python
from tests.project.checked import Project
from tests.project.following import follow, shell

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Baker

pytestmark = pytest.mark.slow

DOCUMENTS = {"session": ["page"], "jwt": ["endpoint"], "both": ["page", "endpoint"]}
# Code of a team that states no types. `make format` formats it, although one finding remains.
UNTYPED = """from django.apps import AppConfig
from django.views.generic import CreateView


class PlainView(CreateView):
    def get_context_data( self, **kwargs ):
        return super().get_context_data(**kwargs)


def plain(items, settings) :
    return [item for item in items if settings.DEBUG]


# What Django's own tutorial does.
def receive(sender, instance, raw=False, **kwargs):
    # TODO: more than one
    if not raw and instance.pk > 100:
        from django.conf import settings

        return settings.DEBUG
    return sender


class PlainConfig(AppConfig):
    def path_of(self, request, obj=None):
        return self.name
"""
FINDING = "\n\ndef remains(value):\n    assert value\n"
ERRORS = """def test_errors_of_a_form_are_shown(client, user):
    client.force_login(user)
    assert 'role="alert"' in client.post("/notes/", {}).text
"""
# `make check` runs all tests. Of those of the template, these depend on the apps of a team.
CHECKS = ("tests/accounts/test_commands.py", "tests/attacks/test_routes.py")


@pytest.mark.parametrize("auth", BOTH_BY_DAY)
def test_documented_first_feature_passes_all_checks(
    bake: Baker, shared: Path, tmp_path: Path, auth: str
) -> None:
    baked = bake(auth=auth, django_version="6.1").copy_to(tmp_path)
    project = Project(baked.path, grown_python(bake, shared), tmp_path)
    apps, added = [], []
    for kind in DOCUMENTS[auth]:
        document = (project.path / f"docs/first-{kind}.md").read_text("utf-8")
        assert "make check\n" in document

        follow(document, project)
        (app,) = re.findall("startapp (.+)", document)
        plain = project.path / app / "plain.py"
        plain.write_text(UNTYPED + FINDING)
        with pytest.raises(AssertionError, match="S101"):
            shell(project, "make format && uv run ruff check")
        assert "def plain(items, settings):\n" in plain.read_text()
        plain.write_text(plain.read_text().replace(FINDING, ""))
        tests = project.path / "tests" / app
        (tests / "test_plain.py").write_text(plain.read_text())
        if kind == "page":
            (tests / "test_errors.py").write_text(ERRORS)
        apps.append(app)
        added.append(plain)
    project.check()
    project.check_types()
    project.run("deptry", ".")
    for plain in added:
        plain.unlink()
    # The documented tests are enough for `make check`, which requires full coverage.
    tested = (*(f"tests/{app}" for app in apps), *(f"--cov={app}" for app in apps))
    project.test(*tested, *CHECKS)


@pytest.mark.parametrize("kind", ["page", "endpoint"])
def test_first_feature_needs_less_than_sixty_lines(template: Path, kind: str) -> None:
    document = template / "{{cookiecutter.project_slug}}" / "docs" / f"first-{kind}.md"
    blocks = re.findall(
        r"^```(?:python|html|text)\n(.*?)^```$",
        document.read_text("utf-8"),
        re.MULTILINE | re.DOTALL,
    )
    lines = [line for block in blocks for line in block.splitlines() if line.strip()]
    shown_only = document.read_text("utf-8").count("below this line")

    assert len(lines) - shown_only < 60
