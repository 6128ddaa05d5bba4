"""Each generated project passes its own checks, and so does the unrendered tree.

`tests/README.md` states what only each combination proves.
"""

from __future__ import annotations

import re
import shutil
from contextlib import nullcontext
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.conftest import BOTH_BY_DAY, MODELS, ROOT
from tests.environments import PYTHONS, build, interpreter, pythons
from tests.grown.environment import grown_python
from tests.project.checked import (
    ATTACKS,
    NO_SERVERS,
    ODD_NAMES,
    STRICT,
    TESTS,
    UNCHANGED,
    Project,
    servers,
)
from tests.servers.production import PRODUCTION

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Baker, Install

pytestmark = pytest.mark.slow

TREE = "{{cookiecutter.project_slug}}"


class Run(NamedTuple):
    """One run of a project's own tests."""

    auth: str
    django_version: str
    database: str
    chosen: tuple[str, ...]
    registration: str = "open"
    covered: bool = False
    second_factor: str = "totp"
    added: bool = True

    def __str__(self) -> str:
        lane = {(ATTACKS,): "attacks", TESTS: "tests"}.get(self.chosen, "everything")
        words = [self.auth, self.django_version, self.database, self.registration, lane]
        words += {"none": ["no second factor"], "passkeys": ["passkeys"]}.get(
            self.second_factor, []
        )
        words += ["covered"] if self.covered else []
        return "-".join([*words, *([] if self.added else ["shipped"])])


SQLITE, POSTGRESQL = "sqlite", "postgresql"
RUNS = [
    Run("both", "5.2", POSTGRESQL, (ATTACKS,), second_factor="passkeys"),
    Run("session", "6.1", POSTGRESQL, (ATTACKS,), "closed", second_factor="none", added=False),
    Run("jwt", "5.2", SQLITE, TESTS, "closed", covered=True),
    Run("session", "5.2", POSTGRESQL, TESTS, covered=True),
]
NIGHTLY_RUNS = [
    Run("jwt", "6.1", POSTGRESQL, (ATTACKS,)),
    Run("session", "6.1", POSTGRESQL, (ATTACKS,)),
    Run("session", "6.1", POSTGRESQL, (ATTACKS,), "closed", second_factor="none"),
    *(
        Run(*words[:3], ("tests",), words[3], covered=True)
        for words in product(MODELS, ("5.2", "6.1"), (SQLITE, POSTGRESQL), ("open", "closed"))
    ),
    *(
        Run(auth, "5.2", POSTGRESQL, ("tests",), covered=True, second_factor=answer)
        for auth in MODELS
        for answer in ("none", "passkeys")
    ),
]


@pytest.fixture
def project(request: pytest.FixtureRequest, bake_with_venv: Install, tmp_path: Path) -> Project:
    baked, python = bake_with_venv(request.param)
    return Project(baked.path, python, tmp_path)


@pytest.mark.parametrize(
    "run",
    [
        *(pytest.param(run, id=str(run)) for run in RUNS),
        *(pytest.param(run, id=str(run), marks=pytest.mark.nightly) for run in NIGHTLY_RUNS),
    ],
)
def test_project_passes_its_own_tests(
    bake: Baker, bake_with_venv: Install, shared: Path, tmp_path: Path, run: Run
) -> None:
    answers = {"auth": run.auth, "django_version": run.django_version}
    answers |= {"registration": run.registration, "second_factor": run.second_factor}
    baked = bake(**answers, **ODD_NAMES if run.registration == "closed" else {})
    if run.django_version == "6.1":
        python = grown_python(bake, shared)
    else:
        # Only the environment of `both` has what passkeys need.
        _, python = bake_with_venv("both" if run.second_factor == "passkeys" else run.auth)
    project = Project(baked.copy_to(tmp_path).path, python, tmp_path)
    # What a project has must suffice to cover it.
    if run.added and not run.covered:
        project.add_tests()
    with servers() if run.database == POSTGRESQL else nullcontext(NO_SERVERS) as urls:
        project.test(*run.chosen, servers=urls, covered=run.covered)


def test_the_readme_lists_each_run() -> None:
    readme = (ROOT / "tests" / "README.md").read_text("utf-8")
    rows = re.findall(r"^\| (`(?:session|jwt|both)` \| \d.*) \|$", readme, re.MULTILINE)
    listed = [[cell.strip("` ") for cell in row.split(" | ")] for row in rows]
    assert sorted((*cells[:2], *cells[3:6]) for cells in listed) == sorted(
        (
            run.auth,
            run.django_version,
            "SQLite" if run.database == SQLITE else "PostgreSQL, Redis",
            run.registration
            + ", odd names" * (run.registration == "closed")
            + {"none": ", no second factor", "passkeys": ", passkeys"}.get(run.second_factor, ""),
            ("attacks" if ATTACKS in run.chosen else "tests")
            + ", coverage" * run.covered
            + ", only its own" * (not run.added),
        )
        for run in RUNS
    )


@pytest.mark.parametrize("auth", MODELS)
def test_linters_and_types(bake_with_venv: Install, tmp_path: Path, auth: str) -> None:
    baked, python = bake_with_venv(auth)
    project = Project(baked.copy_to(tmp_path).path, python, tmp_path)
    if auth == "both":
        # The added tests have to pass as well.
        project.add_tests()
    project.check()
    project.check_types(*STRICT)


def test_added_tests_of_files_that_a_team_replaces(
    bake_with_venv: Install, tmp_path: Path
) -> None:
    baked, python = bake_with_venv("both")
    project = Project(baked.copy_to(tmp_path).path, python, tmp_path)
    project.add_tests()
    project.test(*UNCHANGED)


@pytest.mark.nightly
@pytest.mark.parametrize("auth", MODELS)
def test_types_with_the_newest_django(bake_with_venv: Install, tmp_path: Path, auth: str) -> None:
    baked, python = bake_with_venv(auth, "6.1")
    Project(baked.path, python, tmp_path).check_types(*STRICT)


@pytest.mark.parametrize("project", MODELS, indirect=True)
def test_no_requirement_is_unused_or_missing(project: Project) -> None:
    project.run("deptry", ".")


@pytest.mark.parametrize("project", BOTH_BY_DAY, indirect=True)
def test_production_refuses_the_secrets_of_a_checkout(project: Project) -> None:
    lines = (project.path / ".env").read_text("utf-8").splitlines()
    values = dict(line.split("=", 1) for line in lines if not line.startswith("#"))
    settings = {"DJANGO_SETTINGS_MODULE": "config.settings.production"}
    for name, value in values.items():
        with pytest.raises(AssertionError, match=name):
            project.run("python", "manage.py", "check", **settings, **PRODUCTION | {name: value})


@pytest.fixture(params=["session", "jwt"])
def closed(
    request: pytest.FixtureRequest, bake: Baker, bake_with_venv: Install, tmp_path: Path
) -> Project:
    """A project with closed registration, without a second factor, and with odd names."""
    _, python = bake_with_venv("both")
    least = {"registration": "closed", "second_factor": "none"}
    baked = bake(auth=request.param, **least, **ODD_NAMES).copy_to(tmp_path)
    return Project(baked.path, python, tmp_path)


def test_linters_with_closed_registration_and_odd_names(closed: Project) -> None:
    closed.check()


@pytest.mark.nightly
def test_types_with_closed_registration_and_odd_names(closed: Project) -> None:
    closed.check_types(*STRICT)


@pytest.fixture
def tree(template: Path, bake_with_venv: Install, tmp_path: Path) -> Project:
    """The unrendered project in the template, with every option on."""
    _, python = bake_with_venv("both")
    path = shutil.copytree(template / TREE, tmp_path / "tree")
    return Project(path, python, tmp_path)


def test_the_raw_tree_passes_its_checks(tree: Project) -> None:
    # Its requirements hold the answer that names the Django version, which is no version yet.
    tree.check("--ignore=RUF200")
    assert "tests/attacks/" in tree.run("pytest", "--collect-only", "-q", "-p", "no:cacheprovider")


@pytest.mark.nightly
def test_the_raw_tree_passes_its_own_tests(tree: Project) -> None:
    tree.check_types(*STRICT)
    tree.test("tests")


@pytest.mark.nightly
@pytest.mark.parametrize("auth", MODELS)
@pytest.mark.parametrize("database", [SQLITE, POSTGRESQL])
def test_project_passes_the_added_tests(
    bake_with_venv: Install, tmp_path: Path, auth: str, database: str
) -> None:
    baked, python = bake_with_venv(auth)
    project = Project(baked.copy_to(tmp_path).path, python, tmp_path)
    project.add_tests()
    with servers() if database == POSTGRESQL else nullcontext(NO_SERVERS) as urls:
        project.test("tests", servers=urls)


@pytest.mark.nightly
@pytest.mark.parametrize(
    ("django_version", "python_version"),
    [pair for pair in product(("5.2", "6.1"), PYTHONS) if pair != ("6.1", "3.11")],
)
@pytest.mark.parametrize("auth", MODELS)
def test_every_python(
    bake: Baker, tmp_path: Path, auth: str, django_version: str, python_version: str
) -> None:
    if python_version not in pythons():
        pytest.skip(f"this machine has no Python {python_version}")
    baked = bake(auth=auth, django_version=django_version).copy_to(tmp_path)
    build(tmp_path / "venv", python_version, baked.path / "pyproject.toml")
    project = Project(baked.path, interpreter(tmp_path / "venv"), tmp_path)
    project.check_types(*STRICT)
    project.test(*TESTS)
