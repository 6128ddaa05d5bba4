"""Tests of problems on Windows and macOS that can be detected on Linux."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.conftest import MODELS, ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from tests.conftest import Baker

    Cli = Callable[..., subprocess.CompletedProcess[str]]

# Names of devices on Windows, with any extension, and what no name there may hold.
DEVICES = {"con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(10))}
FORBIDDEN = re.compile(r'[<>:"|?*\\\x00-\x1f]')
# Windows stops at 260; below this, others have room for a folder of their own.
LONGEST = 200
LONGEST_SLUG = 40


def faults(name: str) -> list[str]:
    """Return the problems of a path on other systems."""
    found = []
    for part in PurePosixPath(name).parts:
        if part.split(".")[0].strip().lower() in DEVICES:
            found.append("the name of a device")
        if FORBIDDEN.search(part) or not part.isascii():
            found.append("a forbidden character")
        if part.endswith((".", " ")):
            found.append("a dot or space at the end")
    if len(name) >= LONGEST - LONGEST_SLUG:
        found.append("too long")
    return found


@pytest.mark.parametrize(
    "name", ["a/con.txt", "NUL", "a:b", "é.py", "x./y", "a /b", "x" * 170, "lpt1.tar.gz", "a\\b"]
)
def test_faults_are_seen(name: str) -> None:
    assert faults(name)


def test_names_in_the_repository(template: Path) -> None:
    names = [path.relative_to(template).as_posix() for path in template.rglob("*")]
    assert {name: found for name in names if (found := faults(name))} == {}
    assert len({name.lower() for name in names}) == len(names)


@pytest.mark.parametrize("auth", MODELS)
def test_names_modes_and_links_of_what_is_generated(bake: Baker, auth: str) -> None:
    baked = bake(auth=auth, deployment="both", project_slug="x" * LONGEST_SLUG)
    names = [path.relative_to(baked.path).as_posix() for path in baked.path.rglob("*")]
    assert {name: found for name in names if (found := faults(name))} == {}
    assert len({name.lower() for name in names}) == len(names)
    for name in names:
        path = baked.path / name
        assert not path.is_symlink(), name
        # Each command names the Python that runs manage.py; and all files can be deleted.
        executable = path.stat().st_mode & 0o111 and os.name != "nt"
        assert path.is_dir() or name == "manage.py" or not executable, name
        assert path.stat().st_mode & stat.S_IWUSR, name
        # Compiled translations are no text.
        assert path.is_dir() or path.suffix == ".mo" or b"\r" not in path.read_bytes(), name


def test_a_clone_made_on_windows_has_the_same_bytes(template: Path, tmp_path: Path) -> None:
    """Git for Windows converts line endings unless `.gitattributes` prevents it."""
    source, clone = shutil.copytree(template, tmp_path / "source"), tmp_path / "clone"
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        **dict.fromkeys(("GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME"), "Jane"),
        **dict.fromkeys(("GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL"), "jane@example.com"),
    }
    for folder, words in (
        (source, "init --quiet"),
        (source, "add --all --force"),
        (source, "commit --quiet --message x"),
        (tmp_path, f"-c core.autocrlf=true -c core.eol=crlf clone --quiet {source} {clone}"),
    ):
        subprocess.run(["git", *words.split()], cwd=folder, env=environment, check=True)
    for path in template.rglob("*"):
        if path.is_file():
            assert (clone / path.relative_to(template)).read_bytes() == path.read_bytes(), path


def test_a_checkout_with_other_line_endings_generates_the_same(
    template: Path, tmp_path: Path, cli: Cli, bake: Baker
) -> None:
    """Text has LF, even if an archive or an editor changed the template's files."""
    copy = shutil.copytree(template, tmp_path / "crlf")
    for path in copy.rglob("*"):
        if path.is_file() and b"\0" not in path.read_bytes():
            path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    done = cli("--no-input", "-o", str(tmp_path / "output"), "auth=both", template=copy)
    assert done.returncode == 0, done.stderr
    expected = bake(auth="both")
    for name in {*expected.files()} - {".env", ".cruft.json"}:
        text = (tmp_path / "output" / "my_service" / name).read_bytes()
        assert text == (expected.path / name).read_bytes(), name


def test_hooks_and_what_they_print_are_ascii(template: Path) -> None:
    """A Windows console may support only a few characters."""
    for path in (template / "hooks").glob("*.py"):
        assert path.read_bytes().isascii(), path.name


def test_a_private_file_where_no_flag_keeps_links_out(
    load_hook: Callable[..., ModuleType], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`O_EXCL` alone refuses what is there already."""
    hook = load_hook("post_gen_project")
    monkeypatch.delattr(os, "O_NOFOLLOW", raising=False)
    hook.write_new(tmp_path / ".env", "a\nb\n", 0o600)
    assert (tmp_path / ".env").read_bytes() == b"a\nb\n"
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FileExistsError):
        hook.write_new(tmp_path / "link", "secret", 0o600)
    assert not (tmp_path / "elsewhere").exists()


def test_paths_of_the_manifest_mean_the_same_everywhere(
    definition: dict[str, Any],
) -> None:
    for rule in definition["_manifest"]:
        for path in rule["paths"]:
            assert PureWindowsPath(path).parts == PurePosixPath(path).parts
            assert not PureWindowsPath(path).is_absolute()


def test_hooks_join_no_paths_by_hand(template: Path) -> None:
    for path in (template / "hooks").glob("*.py"):
        source = path.read_text("utf-8")
        assert not re.search(r"\bos\.(path|sep|system|chmod|symlink|fork)\b", source)
        assert not re.search(r"^(import|from) (fcntl|pwd|grp|resource)\b", source, re.MULTILINE)


def test_ci_runs_on_three_systems() -> None:
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text("utf-8"))
    systems = workflow["jobs"]["systems"]["strategy"]["matrix"]["os"]
    assert [name.partition("-")[0] for name in systems] == ["ubuntu", "windows", "macos"]
    commands = " ".join(step.get("run", "") for step in workflow["jobs"]["systems"]["steps"])
    assert "pytest" in commands and '"not slow' in commands
    assert "generate.py" in commands
