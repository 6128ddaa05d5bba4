"""A project follows its template: changes of both are merged, and other files are untouched.

The tests use real Git repositories, either tool, and the commands of docs/upgrading.md.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from tests.conftest import BOTH_BY_DAY
from tests.upgrade.commands import (
    BRANCH,
    CHECK,
    COMMIT_LOCK,
    FIRST_COMMIT,
    LINK,
    MARKED,
    REJECTED,
    UPDATE,
    UPDATE_TO,
)
from tests.upgrade.cruft import DOCUMENT, commit, documented, generate, git, must, shell

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    Cli = Callable[..., subprocess.CompletedProcess[str]]

pytestmark = pytest.mark.slow

TREE = "{{cookiecutter.project_slug}}"


class History(NamedTuple):
    """A template in two versions."""

    path: Path
    first: str
    second: str


def edit(path: Path, before: str, after: str) -> None:
    text = path.read_text("utf-8")
    assert text.count(before) == 1, (path, before)
    path.write_text(text.replace(before, after), "utf-8")


def recorded(project: Path) -> dict[str, Any]:
    return json.loads((project / ".cruft.json").read_text("utf-8"))  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def history(template: Path, tmp_path_factory: pytest.TempPathFactory) -> History:
    """The template, and a later version that changes, adds and removes files."""
    path = tmp_path_factory.mktemp("history") / "template"
    shutil.copytree(template, path)
    git(path, "init", "--quiet", "--initial-branch=main")
    first = commit(path, "First")
    git(path, "tag", "v0.1.0")
    tree = path / TREE
    edit(
        tree / "config/settings/base.py", "EMAIL_LINK_TIMEOUT = 24 *", "EMAIL_LINK_TIMEOUT = 12 *"
    )
    edit(tree / "README.md", "## Checks\n", "## What is checked\n")
    edit(tree / "SECURITY.md", "# Report a vulnerability\n", "# Vulnerabilities\n")
    (tree / "docs/news.md").write_text("# News\n")
    (tree / "docs/pages.md").write_text("# Pages\n")
    (tree / "web/security_txt.py").unlink()
    definition = json.loads((path / "cookiecutter.json").read_text("utf-8"))
    definition["_template_version"] = "0.2.0"
    definition["_manifest"].append(
        {"when": {"auth": ["session", "both"]}, "paths": ["docs/pages.md"]}
    )
    (path / "cookiecutter.json").write_text(json.dumps(definition, indent=2))
    second = commit(path, "Second")
    git(path, "tag", "v0.2.0")
    return History(path, first, second)


@pytest.mark.parametrize(
    ("made_by", "auth"),
    [
        ("cruft", "both"),
        pytest.param("cookiecutter", "session", marks=pytest.mark.nightly),
        pytest.param("cookiecutter", "jwt", marks=pytest.mark.nightly),
    ],
)
def test_an_update_merges_changes_of_both_sides(
    history: History, tmp_path: Path, made_by: str, auth: str
) -> None:
    project = generate(made_by, history.path, "v0.1.0", tmp_path / "made", auth=auth)
    assert recorded(project)["commit"] == history.first
    assert recorded(project)["context"]["cookiecutter"]["_template_version"] == "0.1.0"
    must(documented(project, FIRST_COMMIT))
    assert ".cruft.json" in git(project, "ls-files").splitlines()
    secrets = (project / ".env").read_bytes()
    (project / "db.sqlite3").write_bytes(b"rows")
    assert documented(project, CHECK).returncode == 1

    edit(project / "config/settings/base.py", 'TIME_ZONE = "UTC"', 'TIME_ZONE = "Europe/Vienna"')
    edit(project / "README.md", "## Checks\n", "## Our checks\n")
    (project / "SECURITY.md").unlink()
    (project / "shop").mkdir()
    (project / "shop/models.py").write_text("# ours\n")
    before = git(project, "status", "--porcelain")
    assert documented(project, UPDATE).returncode == 1
    assert git(project, "status", "--porcelain") == before
    commit(project, "Ours")
    (project / "uv.lock").write_text("version = 1\n")
    assert documented(project, UPDATE).returncode == 1
    must(documented(project, COMMIT_LOCK))

    must(documented(project, BRANCH))
    must(documented(project, UPDATE))

    assert must(documented(project, MARKED)).splitlines() == ["README.md"]
    assert must(documented(project, REJECTED)) == ""
    readme = (project / "README.md").read_text("utf-8")
    assert "<<<<<<<" in readme
    assert "## Our checks" in readme
    assert "## What is checked" in readme
    base = (project / "config/settings/base.py").read_text("utf-8")
    assert 'TIME_ZONE = "Europe/Vienna"' in base
    assert "EMAIL_LINK_TIMEOUT = 12 *" in base
    assert (project / "docs/news.md").exists()
    assert (project / "docs/pages.md").exists() == (auth != "jwt")
    assert not (project / "web/security_txt.py").exists()
    assert not (project / "SECURITY.md").exists()
    assert (project / "shop/models.py").read_text() == "# ours\n"
    assert (project / ".env").read_bytes() == secrets
    assert (project / "db.sqlite3").read_bytes() == b"rows"
    assert {".env", "db.sqlite3"}.isdisjoint(git(project, "ls-files").splitlines())
    assert recorded(project)["commit"] == history.second
    answers = recorded(project)["context"]["cookiecutter"]
    assert (answers["_template_version"], answers["auth"]) == ("0.2.0", auth)
    assert documented(project, CHECK).returncode == 0


def test_the_changes_that_git_cannot_merge_are_listed(history: History, tmp_path: Path) -> None:
    project = generate("cookiecutter", history.path, "v0.1.0", tmp_path)
    # Changed before it was committed, so Git does not have the generated file.
    edit(project / "README.md", "## Checks\n", "## Our checks\n")
    must(documented(project, FIRST_COMMIT))

    must(documented(project, UPDATE_TO))

    assert must(documented(project, MARKED)) == ""
    assert must(documented(project, REJECTED)) == "README.md.rej"
    assert "## Our checks\n" in (project / "README.md").read_text("utf-8")
    assert (project / "docs/news.md").exists()


def test_a_project_without_a_record_is_linked(
    history: History, tmp_path: Path, definition: dict[str, Any]
) -> None:
    """G-11: with all answers; with the model alone, the update would rename the project."""
    (block,) = re.findall(r"```json\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
    answers = json.loads(block)
    assert list(answers) == [name for name in definition if not name.startswith("_")]
    assert answers["project_name"] != definition["project_name"]
    project = generate("cookiecutter", history.path, "v0.1.0", tmp_path, **answers)
    before = recorded(project)
    (project / ".cruft.json").unlink()
    (tmp_path / "answers.json").write_text(block)

    must(documented(project, LINK, {"ADDRESS": str(history.path)}))

    assert recorded(project)["commit"] == before["commit"]
    linked = recorded(project)["context"]["cookiecutter"]
    assert {name: linked[name] for name in answers} == answers
    must(documented(project, FIRST_COMMIT))
    must(documented(project, UPDATE_TO))
    assert (project / "docs/news.md").exists()
    assert not (project / "docs/pages.md").exists()
    assert recorded(project)["commit"] == history.second


@pytest.mark.parametrize("by", ["no Git", "changes", "zip", "a relative path from elsewhere"])
def test_an_unknown_commit_is_reported(
    history: History, cli: Cli, tmp_path: Path, by: str
) -> None:
    source, environment = tmp_path / "template", {"PWD": str(tmp_path)}
    git(tmp_path, "clone", "--quiet", "--branch=v0.1.0", str(history.path), str(source))
    named = str(source)
    match by:
        case "no Git":
            shutil.rmtree(source / ".git")
            # What is around the template is not its repository.
            git(tmp_path, "init", "--quiet")
            git(tmp_path, "commit", "--quiet", "--allow-empty", "--message", "Other")
        case "changes":
            (source / TREE / "more.md").write_text("more\n")
        case "zip":
            archive = tmp_path / "made.zip"
            git(source, "archive", "--prefix=template/", f"--output={archive}", "HEAD")
            named = str(archive)
        case _:
            named, environment = "./template", {"PWD": "/"}

    done = cli("--no-input", "-o", "made", template=named, env=environment)

    assert done.returncode == 0, done.stderr
    assert "The commit of the template is unknown." in done.stdout
    assert {
        "no Git": "It is not in a Git repository.",
        "changes": "It has uncommitted changes.",
        "zip": "It is not in a Git repository.",
    }.get(by, "It was not found.") in done.stdout
    project = tmp_path / "made" / "my_service"
    record = recorded(project)
    assert record["commit"] == "unknown"
    assert record["template"] == (str(history.path) if by == "changes" else "unknown")
    assert record["context"]["cookiecutter"]["_template_version"] == "0.1.0"


def test_an_unknown_commit_can_be_completed(
    history: History, template: Path, cli: Cli, tmp_path: Path
) -> None:
    assert cli("--no-input", template=template).returncode == 0
    project = tmp_path / "my_service"
    must(documented(project, FIRST_COMMIT))
    assert documented(project, CHECK).returncode == 1
    assert documented(project, UPDATE).returncode != 0
    assert git(project, "status", "--porcelain") == ""

    record = recorded(project) | {"template": str(history.path), "commit": "v0.1.0"}
    (project / ".cruft.json").write_text(json.dumps(record))
    commit(project, "Say where it is from")
    must(documented(project, UPDATE))
    assert recorded(project)["commit"] == history.second


@pytest.mark.parametrize(
    ("named", "of"),
    [
        ("{template}", "origin"),
        ("./template", "origin"),
        ("{template}", "nowhere"),
        ("{template}", "a commit of our own"),
        ("{template}", "a repository of templates"),
    ],
)
def test_where_a_template_is_from(
    template: Path, cli: Cli, tmp_path: Path, named: str, of: str
) -> None:
    whole = tmp_path / "template"
    folder = whole / "services" / "auth" if of == "a repository of templates" else whole
    shutil.copytree(template, folder)
    git(whole, "init", "--quiet", "--initial-branch=main")
    made_by = commit(whole, "First")
    public = "https://git.example.com/team/template.git"
    if of in {"origin", "a commit of our own"}:
        git(whole, "remote", "add", "origin", public.replace("//", "//ada:secret-token@"))
        git(whole, "update-ref", "refs/remotes/origin/main", "HEAD")
    if of == "a commit of our own":
        git(whole, "commit", "--quiet", "--allow-empty", "--message", "Second")
        made_by = git(whole, "rev-parse", "HEAD")

    done = cli(
        *("--no-input", "-o", "made"),
        template=named.format(template=folder),
        env={"PWD": str(tmp_path), "GIT_DIR": "/nowhere"},
    )

    assert done.returncode == 0, done.stderr
    project = tmp_path / "made" / "my_service"
    record = recorded(project)
    assert record["template"] == (public if of == "origin" else str(whole))
    assert record["commit"] == made_by
    assert record["directory"] == ("services/auth" if folder != whole else None)
    text = (project / ".cruft.json").read_text("utf-8")
    assert "secret-token" not in text
    if of != "origin":
        assert documented(project, CHECK).returncode == 0


def test_without_git_there_is_a_project_all_the_same(
    history: History, cli: Cli, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    done = cli("--no-input", template=history.path, env={"PATH": str(tmp_path / "empty")})
    assert done.returncode == 0, done.stderr
    assert "Git is not installed." in done.stdout
    assert recorded(tmp_path / "my_service")["commit"] == "unknown"


def test_a_template_of_another_owner_is_reported_with_the_remedy(
    history: History, cli: Cli, tmp_path: Path
) -> None:
    """G-10: in containers of CI the files of a checkout often belong to another user."""
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "git"
    # The variable is how Git itself tests this; the hook hides it from Git, as any other.
    program.write_text(
        f'#!/bin/sh\nGIT_TEST_ASSUME_DIFFERENT_OWNER=1 exec {shutil.which("git")} "$@"\n'
    )
    program.chmod(0o755)
    path = f"{program.parent}{os.pathsep}{os.environ['PATH']}"
    done = cli("--no-input", template=history.path, env={"PATH": path})
    assert done.returncode == 0, done.stderr
    assert f"safe.directory={history.path}" in done.stdout
    assert recorded(tmp_path / "my_service")["commit"] == "unknown"


def test_a_replay_of_another_version_is_no_version(
    history: History, cli: Cli, tmp_path: Path
) -> None:
    assert cli("--no-input", template=history.path).returncode == 0
    (replay,) = (tmp_path / "home" / ".cookiecutter_replay").iterdir()
    answers = json.loads(replay.read_text("utf-8"))
    answers["cookiecutter"]["_template_version"] = "0.1.0"
    replay.write_text(json.dumps(answers))
    assert cli("--replay", "-o", "again", template=history.path).returncode == 0
    assert recorded(tmp_path / "again" / "my_service")["commit"] == "unknown"


@pytest.mark.parametrize("auth", BOTH_BY_DAY)
def test_the_record_contains_only_answers(
    history: History, tmp_path: Path, definition: dict[str, Any], auth: str
) -> None:
    project = generate("cookiecutter", history.path, "v0.1.0", tmp_path, auth=auth)
    record = recorded(project)
    answers = record["context"]["cookiecutter"]
    assert {*answers} == {
        "_template_version",
        *(name for name in definition if not name.startswith("_")),
    }
    assert answers["auth"] == auth
    assert set(record) == {"template", "commit", "checkout", "context", "directory"}
    assert record["checkout"] == "v0.1.0"
    assert (project / ".cruft.json").read_bytes().isascii()


def test_differences_can_be_piped(history: History, tmp_path: Path) -> None:
    project = generate("cookiecutter", history.path, "v0.1.0", tmp_path)
    assert must(shell(project, "cruft", "diff")) == ""
    (project / "LICENSE").write_text("ours\n")
    assert must(shell(project, "cruft", "diff")).startswith("diff --git")
