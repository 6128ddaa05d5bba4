"""The post hook removes what was not chosen and nothing else, and all of it when it fails."""

from __future__ import annotations

import json
import os
import shutil
import stat
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path
    from types import ModuleType

    Cli = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "output" / "project"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def hook(load_hook: Callable[..., ModuleType], project: Path) -> ModuleType:
    """The hook as it runs in the project."""
    return load_hook("post_gen_project")


def make(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)


def test_a_path_stays_only_if_every_rule_that_names_it_holds(hook: ModuleType) -> None:
    """G50."""
    rules = [
        {"when": {"auth": ["jwt", "both"]}, "paths": ["api"]},
        {"when": {"auth": ["session", "both"], "ci": ["github"]}, "paths": ["pages", "api"]},
    ]
    assert hook.unchosen(rules, {"auth": "both", "ci": "github"}) == []
    assert hook.unchosen(rules, {"auth": "both", "ci": "none"}) == ["pages", "api"]
    assert hook.unchosen(rules, {"auth": "session", "ci": "github"}) == ["api"]
    assert hook.unchosen(rules, {"auth": "jwt", "ci": "github"}) == ["pages", "api"]


def test_removes_files_and_folders_and_what_is_gone_already(
    hook: ModuleType, project: Path
) -> None:
    make(project, "a/b/c.py", "a/d.py", "e.py")
    for path in ("a/b", "a/b/c.py", "e.py", "never/was"):
        hook.remove(project, path)
    assert [path.name for path in project.rglob("*") if path.is_file()] == ["d.py"]


@pytest.mark.parametrize("path", ["..", "../mine", "a/..", "a/../..", "."])
def test_nothing_outside_is_removed(hook: ModuleType, project: Path, path: str) -> None:
    """G50."""
    make(project, "a/b.py", "../mine")
    with pytest.raises(ValueError, match="leads out of the project"):
        hook.remove(project, path)
    assert (project / "a" / "b.py").exists()
    assert (project.parent / "mine").exists()


def test_an_absolute_path_is_not_removed(hook: ModuleType, project: Path) -> None:
    """G50."""
    make(project.parent, "mine")
    with pytest.raises(ValueError, match="leads out of the project"):
        hook.remove(project, str(project.parent / "mine"))
    assert (project.parent / "mine").exists()


def test_links_are_removed_but_never_followed(hook: ModuleType, project: Path) -> None:
    """G50."""
    make(project.parent, "mine/file.py")
    (project / "link").symlink_to(project.parent / "mine")
    with pytest.raises(ValueError, match="leads out of the project"):
        hook.remove(project, "link/file.py")
    hook.remove(project, "link")
    assert not (project / "link").is_symlink()
    assert (project.parent / "mine" / "file.py").exists()


def test_folders_left_empty_go_too(hook: ModuleType, project: Path) -> None:
    make(project, "a/b/c.py", "kept/d.py")
    hook.remove(project, "a/b/c.py")
    hook.remove_empty_folders(project)
    assert [path.name for path in project.iterdir()] == ["kept"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_a_private_file_is_new_and_private(hook: ModuleType, project: Path) -> None:
    """G42."""
    hook.write_private(project / ".env", "secret")
    assert stat.S_IMODE((project / ".env").stat().st_mode) == 0o600
    with pytest.raises(FileExistsError):
        hook.write_private(project / ".env", "other")
    assert (project / ".env").read_text() == "secret"


def test_a_private_file_is_not_written_through_a_link(hook: ModuleType, project: Path) -> None:
    """G42 G47."""
    (project / ".env").symlink_to(project.parent / "elsewhere")
    with pytest.raises(OSError, match=r"\.env"):
        hook.write_private(project / ".env", "secret")
    assert not (project.parent / "elsewhere").exists()


def test_an_interrupt_leaves_nothing(
    hook: ModuleType, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """G49."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    make(project, "manage.py", "accounts/models.py")
    monkeypatch.setattr(hook, "write_private", interrupt)
    with pytest.raises(SystemExit, match="interrupted"):
        hook.main()
    assert not project.exists()


@pytest.mark.parametrize("words", [(), ("-f",)])
def test_a_failure_leaves_nothing(
    template: Path, cli: Cli, tmp_path: Path, words: tuple[str, ...]
) -> None:
    """G49."""
    broken, output = tmp_path / "broken", tmp_path / "output"
    shutil.copytree(template, broken)
    definition = json.loads((broken / "cookiecutter.json").read_text("utf-8"))
    definition["_manifest"].append({"when": {"auth": ["jwt"]}, "paths": ["../mine.txt"]})
    (broken / "cookiecutter.json").write_text(json.dumps(definition))
    make(output, "mine.txt")
    if words:
        (output / "my_service").mkdir()

    done = cli("--no-input", "-o", str(output), *words, template=broken)

    assert done.returncode != 0
    assert done.stderr == "Nothing was generated: ../mine.txt leads out of the project.\n"
    assert (output / "mine.txt").read_text() == "mine.txt"
    assert not any((output / "my_service").glob("*"))
