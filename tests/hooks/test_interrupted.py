"""Interrupted and failed generation, which leaves no files."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from tests.conftest import environment

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    Cli = Callable[..., subprocess.CompletedProcess[str]]

SECONDS = 3
# Programs started with `nohup` or `&` ignore SIGINT, and so do the processes that they start.
HEED_CTRL_C = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execv(sys.argv[1], sys.argv[1:])
"""
# Stands in for a machine that is slow in the middle of a hook, and says how far it has come.
WAIT = """
def wait():
    import time
    Path({marker!r}).touch()
    time.sleep({seconds})
"""


@pytest.fixture
def slow_template(template: Path, tmp_path: Path) -> Callable[[str], Path]:
    """Return a template in which one hook waits before it exits."""

    def make(hook: str) -> Path:
        copy, marker = tmp_path / "slow", tmp_path / "waiting"
        shutil.copytree(template, copy)
        path = copy / "hooks" / f"{hook}.py"
        source = path.read_text("utf-8")
        line = "        if os.getppid() != parent:"
        assert source.count(line) == 1
        start = source.index("def main():\n")
        wait = WAIT.format(marker=str(marker), seconds=SECONDS)
        source = source[:start] + wait + "\n\n" + source[start:]
        path.write_text(source.replace(line, f"        wait()\n{line}"))
        return copy

    return make


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
@pytest.mark.parametrize("whom", ["all", "cookiecutter", "hook"])
@pytest.mark.parametrize("hook", ["pre_gen_project", "post_gen_project"], ids=["pre", "post"])
def test_ended_in_a_hook(
    slow_template: Callable[[str], Path],
    tmp_path: Path,
    hook: str,
    number: signal.Signals,
    whom: str,
) -> None:
    output = tmp_path / "output"
    process = subprocess.Popen(
        [
            *(sys.executable, "-c", HEED_CTRL_C),
            Path(sys.executable).parent / "cookiecutter",
            slow_template(hook),
            *("--no-input", "-o", output),
        ],
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    until((tmp_path / "waiting").exists)
    match whom:
        case "all":
            os.killpg(process.pid, number)
        case "cookiecutter":
            process.send_signal(number)
        case "hook":
            children = subprocess.check_output(["pgrep", "-P", str(process.pid)], text=True)
            os.kill(int(children), number)
    _, printed = process.communicate(timeout=SECONDS * 10)
    assert process.returncode != 0
    until(lambda: not any(output.glob("*")))
    if whom != "cookiecutter":
        assert "Nothing was generated: " in printed


def bad_places(tmp_path: Path) -> dict[str, Path]:
    """Return folders in which not even root can create files."""
    (tmp_path / "file").write_text("mine")
    return {
        "below a file": tmp_path / "file" / "output",
        "no such system": Path("/proc/self/output"),
        "name too long": tmp_path / ("x" * 300),
    }


@pytest.mark.skipif(os.name == "nt", reason="what is no place there is another list")
@pytest.mark.parametrize("place", ["below a file", "no such system", "name too long"])
def test_an_unwritable_folder_is_reported(cli: Cli, tmp_path: Path, place: str) -> None:
    done = cli("--no-input", "-o", str(bad_places(tmp_path)[place]))
    assert done.returncode != 0
    assert done.stderr.splitlines()[-1].startswith("OSError: ")
    assert {path.name for path in tmp_path.iterdir()} == {"file", "home"}


def test_a_full_disk_is_rejected_before_anything_is_written(
    load_hook: Callable[..., ModuleType], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some file systems report a size of 0 because they do not know it."""
    hook, folder = load_hook("pre_gen_project"), tmp_path / "shop"
    folder.mkdir()
    answers = {
        "project_slug": "shop",
        "__project_slug_answer": "shop",
        "_output_dir": str(tmp_path),
        "_new_lines": "\n",
    }
    for total, missing, fits in ((10**9, 1, False), (10**9, 0, True), (0, hook.ROOM, True)):
        usage = SimpleNamespace(total=total, free=hook.ROOM - missing)
        monkeypatch.setattr(shutil, "disk_usage", lambda _, usage=usage: usage)
        problems = hook.check_folder(answers, folder)
        assert ("disk with 15 MB left" in str(problems)) == (not fits)


def test_a_project_takes_less_room_than_is_asked_for(
    load_hook: Callable[..., ModuleType], template: Path
) -> None:
    tree = template / "{{cookiecutter.project_slug}}"
    blocks = [-(-path.stat().st_size // 8192) * 8192 for path in tree.rglob("*")]
    assert 2 * sum(blocks) < load_hook("pre_gen_project").ROOM


@pytest.mark.skipif(sys.platform != "linux", reason="needs a small file system of its own")
def test_a_small_disk(cli: Cli, tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(small)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        # Without the right to mount, the two tests above are all that can be done.
        return
    try:
        done = cli("--no-input", "-o", str(small / "output"))
        assert done.returncode != 0
        assert "must name a folder on a disk with 15 MB left" in done.stderr
        assert not any((small / "output").iterdir())
    finally:
        subprocess.run(["umount", small], check=True)


@pytest.mark.parametrize("home", ["", "/nonexistent", None])
def test_homes(template: Path, tmp_path: Path, home: str | None) -> None:
    """Without a home directory, and with a read-only one, which Cookiecutter rejects."""
    variables = environment(tmp_path / "file" / "home")
    del variables["HOME"]
    if home is not None:
        variables["HOME"] = home and str(tmp_path / "file" / "home")
    (tmp_path / "file").write_text("mine")
    config = tmp_path / "config.yaml"
    config.write_text(f"replay_dir: {tmp_path / 'replay'}\ncookiecutters_dir: {tmp_path}\n")
    done = subprocess.run(
        [
            Path(sys.executable).parent / "cookiecutter",
            template,
            *("--no-input", "-o", tmp_path / "output", "--config-file", config),
        ],
        cwd=tmp_path,
        env=variables,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "output" / "my_service" / ".env").exists()


def test_neither_git_nor_uv_is_needed(cli: Cli, tmp_path: Path) -> None:
    done = cli("--no-input", "-o", str(tmp_path / "output"), env={"PATH": str(tmp_path)})
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_long_places(cli: Cli, tmp_path: Path) -> None:
    output = tmp_path / ("x" * 200) / "q'u\"o te"
    done = cli("--no-input", "-o", str(output))
    assert done.returncode == 0, done.stderr
    assert (output / "my_service" / ".env").exists()


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS * 10
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)
