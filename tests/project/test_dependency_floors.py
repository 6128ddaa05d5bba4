"""Tests with the oldest version of each requirement, and with every Python version."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
from typing import TYPE_CHECKING

import pytest

from tests.conftest import MODELS
from tests.environments import UV, build, interpreter, python_for, pythons
from tests.project.checked import STRICT, TESTS, Project

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Baker

# What the attack list finds does not hang on the floors; it runs on the newest of everything.
FLOORS = {
    "5.2": TESTS,
    # The tokens hang on nothing that is another with this Django.
    "6.1": ("tests/accounts", "tests/both"),
}


def floors_of(pyproject: Path) -> dict[str, str]:
    """Return the lower bound of each requirement, including tools."""
    content = tomllib.loads(pyproject.read_text("utf-8"))
    lines = [*content["project"]["dependencies"], *content["dependency-groups"]["dev"]]
    found = [
        re.fullmatch(r"([\w-]+)(?:\[[\w,-]+\])?>=([\d.]+)(?:,<[\d.]+)?", line) for line in lines
    ]
    assert all(found), lines
    return {match[1]: match[2] for match in found if match}


def as_numbers(version: str) -> list[int]:
    """Return a version as numbers, without trailing zeros."""
    numbers = [int(number) for number in version.split(".")]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return numbers


@pytest.mark.slow
@pytest.mark.nightly
@pytest.mark.parametrize(("django_version", "python_version"), [("5.2", "3.11"), ("6.1", "3.12")])
def test_the_floors(bake: Baker, tmp_path: Path, django_version: str, python_version: str) -> None:
    baked = bake(auth="both", django_version=django_version).copy_to(tmp_path)
    pyproject, venv = baked.path / "pyproject.toml", tmp_path / "venv"
    build(venv, python_version, pyproject, "--resolution lowest-direct")
    project = Project(baked.path, interpreter(venv), tmp_path)

    listed = subprocess.run(
        [UV, "pip", "list", "--python", venv, "--format=json"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    installed = {package["name"]: package["version"] for package in json.loads(listed)}
    above = {
        name: (floor, installed[name])
        for name, floor in floors_of(pyproject).items()
        if as_numbers(installed[name]) != as_numbers(floor)
    }
    # Django 6.1 asks for a newer one than what names it here, for the sake of Django 5.2.
    assert set(above) <= ({"asgiref"} if django_version == "6.1" else set())
    for words in (
        ["ruff", "check"],
        ["ruff", "format", "--check"],
        ["lint-imports", "--no-cache"],
    ):
        project.run(*words)
    project.run("deptry", ".")
    if django_version == "5.2":
        project.check_types(*STRICT)
    project.test(*FLOORS[django_version])


@pytest.mark.parametrize("django_version", ["5.2", "6.1"])
def test_the_models_together_try_the_oldest_and_the_newest_python(django_version: str) -> None:
    tried = {python_for(auth, django_version) for auth in MODELS}
    assert {"5.2": "3.11", "6.1": "3.12"}[django_version] in tried
    assert pythons()[-1] in tried
