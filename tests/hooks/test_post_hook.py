"""The post hook: what it removes, its file modes and its closing message."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.conftest import MODELS
from tests.upgrade.cruft import commit, git, must, shell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

    from tests.conftest import Baker

    Cli = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "output" / "project"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture(autouse=True)
def _signals() -> Iterator[None]:
    """Restore the signal handlers that a hook replaces."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in handlers.items():
        signal.signal(number, handler)


@pytest.fixture
def hook(load_hook: Callable[..., ModuleType], project: Path) -> ModuleType:
    """Return the hook, loaded in the project folder."""
    return load_hook("post_gen_project")


def make(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)


def test_a_path_stays_only_if_every_rule_that_names_it_holds(hook: ModuleType) -> None:
    rules = [
        {"when": {"auth": ["jwt", "both"]}, "paths": ["api"]},
        {"when": {"auth": ["session", "both"], "ci": ["github"]}, "paths": ["pages", "api"]},
    ]
    assert hook.unchosen(rules, {"auth": "both", "ci": "github"}) == []
    assert hook.unchosen(rules, {"auth": "both", "ci": "none"}) == ["pages", "api"]
    assert hook.unchosen(rules, {"auth": "session", "ci": "github"}) == ["api"]
    assert hook.unchosen(rules, {"auth": "jwt", "ci": "github"}) == ["pages", "api"]


def test_files_folders_and_missing_paths_are_removed(hook: ModuleType, project: Path) -> None:
    make(project, "a/b/c.py", "a/d.py", "e.py")
    for path in ("a/b", "a/b/c.py", "e.py", "never/was"):
        hook.remove(project, path)
    assert [path.name for path in project.rglob("*") if path.is_file()] == ["d.py"]


@pytest.mark.parametrize("path", ["..", "../mine", "a/..", "a/../..", "."])
def test_nothing_outside_is_removed(hook: ModuleType, project: Path, path: str) -> None:
    make(project, "a/b.py", "../mine")
    with pytest.raises(ValueError, match="leads out of the project"):
        hook.remove(project, path)
    assert (project / "a" / "b.py").exists()
    assert (project.parent / "mine").exists()


def test_an_absolute_path_is_not_removed(hook: ModuleType, project: Path) -> None:
    make(project.parent, "mine")
    with pytest.raises(ValueError, match="leads out of the project"):
        hook.remove(project, str(project.parent / "mine"))
    assert (project.parent / "mine").exists()


def test_links_are_removed_but_never_followed(hook: ModuleType, project: Path) -> None:
    make(project.parent, "mine/file.py")
    (project / "link").symlink_to(project.parent / "mine")
    with pytest.raises(ValueError, match="leads out of the project"):
        hook.remove(project, "link/file.py")
    hook.remove(project, "link")
    assert not (project / "link").is_symlink()
    assert (project.parent / "mine" / "file.py").exists()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_a_private_file_is_new_and_private(hook: ModuleType, project: Path) -> None:
    hook.write_new(project / ".env", "secret", 0o600)
    assert stat.S_IMODE((project / ".env").stat().st_mode) == 0o600
    with pytest.raises(FileExistsError):
        hook.write_new(project / ".env", "other", 0o600)
    assert (project / ".env").read_text() == "secret"


@pytest.mark.parametrize("name", [".env", ".cruft.json"])
def test_nothing_is_written_through_a_link(
    hook: ModuleType, project: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """The link may appear between the hooks, or while this one runs."""
    elsewhere = project.parent / "elsewhere"
    dotenv, record = hook.dotenv, hook.record
    make(project, "manage.py")
    (project / name).symlink_to(elsewhere)

    def link(function: Callable[..., str]) -> Callable[..., str]:
        def linked(*words: object) -> str:
            (project / name).unlink(missing_ok=True)
            (project / name).symlink_to(elsewhere)
            return function(*words)

        return linked

    monkeypatch.setattr(hook, "dotenv", link(dotenv) if name == ".env" else dotenv)
    monkeypatch.setattr(hook, "record", link(record) if name != ".env" else record)
    with pytest.raises(SystemExit, match="Nothing was generated"):
        hook.main()
    assert not elsewhere.exists()
    assert not any(project.iterdir())


def test_an_interrupt_leaves_nothing(
    hook: ModuleType, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    make(project, "manage.py", "accounts/models.py")
    monkeypatch.setattr(hook, "write_new", interrupt)
    with pytest.raises(SystemExit, match="interrupted"):
        hook.main()
    assert not project.exists()


@pytest.mark.parametrize("words", [(), ("-f",)])
def test_a_failure_leaves_nothing(
    template: Path, cli: Cli, tmp_path: Path, words: tuple[str, ...]
) -> None:
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


def tree(folder: Path) -> dict[str, str]:
    """Return the mode of each file and folder."""
    return {
        path.relative_to(folder).as_posix(): stat.filemode(path.lstat().st_mode)
        for path in folder.rglob("*")
    }


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
@pytest.mark.parametrize("source", ["zip", "all executable", "read-only"])
def test_modes_do_not_depend_on_the_source(
    template: Path, cli: Cli, tmp_path: Path, source: str
) -> None:
    """G-01 G-05: zip files have no modes, and some file systems have one for all files."""
    copy = shutil.copytree(template, tmp_path / "source" / "template")
    named = copy
    match source:
        case "zip":
            named = tmp_path / "template.zip"
            with zipfile.ZipFile(named, "w") as archive:
                for path in sorted([copy, *copy.rglob("*")]):
                    archive.write(path, path.relative_to(copy.parent))
        case "all executable":
            for path in copy.rglob("*"):
                path.chmod(0o777)
        case _:
            for path in [*copy.rglob("*"), copy]:
                path.chmod(0o555 if path.is_dir() else 0o444)
    # Modes mean nothing to root unless it gives up the right to ignore them.
    capability = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"]
    is_root = os.getuid() == 0 and shutil.which("setpriv")
    words = ["cookiecutter", named, "--no-input", "-o", "output", "auth=both"]
    must(shell(tmp_path, *(capability if is_root else []), *words))
    for path in copy.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    assert cli("--no-input", "-o", "expected", "auth=both").returncode == 0
    found = tree(tmp_path / "output" / "my_service")
    assert found == tree(tmp_path / "expected" / "my_service")
    assert found["manage.py"] == "-rwxr-xr-x"
    assert found["accounts/models.py"] == "-rw-r--r--"


@pytest.mark.skipif(os.name == "nt", reason="needs a shell")
@pytest.mark.parametrize("reader", ["| true", "| head -c 1", ">&-", ">&- 2>&-", "> /dev/full"])
def test_a_project_is_kept_if_no_one_reads_the_message(
    template: Path, tmp_path: Path, reader: str
) -> None:
    """G-06: a closed standard output is not a failure."""
    program = Path(sys.executable).parent / "cookiecutter"
    subprocess.run(
        ["sh", "-c", f"'{program}' '{template}' --no-input -o output {reader}"],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)},
        capture_output=True,
        check=False,
    )
    assert (tmp_path / "output" / "my_service" / ".cruft.json").exists()


LITTER = [
    *(".venv/lib/x.html", ".env", ".cruft.json", "uv.lock", ".hypothesis/x/y", "build/lib/x.py"),
    *("my_service.egg-info/PKG-INFO", ".idea/x.xml", "accounts/.DS_Store"),
    *("accounts/__pycache__/x.pyc", "accounts/x.pyc", ".mypy_cache/x", ".coverage", "db.sqlite3"),
    *("db.sqlite3-wal", "htmlcov/index.html", "dist/x.whl", "node_modules/x/y.js", ".tox/x"),
    *("manage.py~", "README.md.orig", "docs/.tokens.md.swp", ".git/HEAD", "accounts/Thumbs.db"),
    *(".direnv/x", ".envrc", ".python-version", "config/.ruff_cache/x", "server.log"),
]


@pytest.mark.parametrize("text", ["x", "{{ not.rendered }} {% x %} {# x"])
def test_leftovers_of_work_on_the_template_are_not_copied(
    template: Path, cli: Cli, tmp_path: Path, bake: Baker, text: str
) -> None:
    """G-08: caches, environments and editor files do not reach projects."""
    copy = shutil.copytree(template, tmp_path / "template")
    folder = copy / "{{cookiecutter.project_slug}}"
    for name in LITTER:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    done = cli("--no-input", "-o", "output", "auth=both", template=copy)
    assert done.returncode == 0, done.stderr[-2000:]
    project = tmp_path / "output" / "my_service"
    found = {path.relative_to(project).as_posix() for path in project.rglob("*") if path.is_file()}
    assert found == set(bake(auth="both").files())
    assert text not in (project / ".env").read_text("utf-8").split("=")


def test_no_file_of_the_template_is_litter(
    template: Path, hook: ModuleType, definition: dict[str, Any]
) -> None:
    assert hook.litter(template / "{{cookiecutter.project_slug}}", definition["_litter"]) == []
    # Nor is it rendered before it is removed, which might fail.
    unrendered = {f"*{pattern.lstrip('*')}" for pattern in definition["_litter"]}
    assert unrendered <= set(definition["_copy_without_render"])


@pytest.mark.parametrize("target", ["elsewhere", "elsewhere/my_service"])
@pytest.mark.parametrize("program", ["cookiecutter", "cruft"])
def test_a_link_to_an_empty_folder_is_not_followed(
    template: Path, tmp_path: Path, program: str, target: str
) -> None:
    """G-04: the project is not written to the target of a link."""
    copy = shutil.copytree(template, tmp_path / "template")
    git(copy, "init", "--quiet")
    commit(copy, "First")
    (tmp_path / target).mkdir(parents=True)
    (tmp_path / "my_service").symlink_to(tmp_path / target)
    words = ["cruft", "create", copy, "-f", "-y"]
    if program == "cookiecutter":
        words = ["cookiecutter", copy, "-f", "--no-input"]
    done = shell(tmp_path, *words, env={"PWD": str(tmp_path)})
    assert done.returncode != 0
    assert "project_slug must not name a link" in done.stderr
    assert not any((tmp_path / target).iterdir())


@pytest.mark.parametrize("auth", MODELS)
def test_the_closing_message_names_the_project_and_the_next_steps(
    cli: Cli, tmp_path: Path, auth: str
) -> None:
    answers = {"auth": auth, "registration": "closed", "django_version": "6.1"}
    answers["second_factor"] = "passkeys"
    words = [f"{name}={answer}" for name, answer in answers.items()]
    said = cli("--no-input", *words, "deployment=none").stdout
    assert "Generated my_service: " in said and f"(auth={auth}, second_factor=passkeys)" in said
    assert "Django 6.1, registration=closed, deployment=none" in said
    assert len(re.findall("^    uv run manage.py ", said, re.MULTILINE)) == 3
    assert "docs/authentication.md" in said
    assert (tmp_path / "my_service" / "docs" / "authentication.md").exists()
    assert "git init" in said
    assert max(map(len, said.splitlines())) <= 80


def test_no_git_init_is_suggested_inside_a_repository(cli: Cli, tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    said = cli("--no-input", "-o", "services").stdout
    assert "uv run manage.py migrate" in said
    assert "git init" not in said
