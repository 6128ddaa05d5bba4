"""Bad answers on the command line: one clear line, and nothing is left that was not there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    Cli = Callable[..., subprocess.CompletedProcess[str]]


def everything_below(folder: Path) -> dict[str, int]:
    """Return what there is, with the times of its last change."""
    return {
        str(path): path.stat().st_mtime_ns
        for path in [folder, *folder.rglob("*")]
        if "home" not in path.relative_to(folder).parts
    }


@pytest.mark.parametrize(
    ("field", "answer"),
    [
        ("project_slug", "a/b"),
        ("project_slug", "../evil"),
        ("project_slug", "/tmp/evil-slug"),
        ("project_slug", ".."),
        ("project_slug", ""),
        ("project_slug", "x" * 300),
        ("project_slug", "abc\n"),
        ("project_slug", "django"),
        ("project_slug", "My Service"),
        ("project_name", "two\nlines"),
        ("description", ""),
        ("author_name", "x" * 121),
        ("author_email", "nobody"),
        ("domain_name", "http://example.com"),
    ],
)
def test_refused_by_name(cli: Cli, tmp_path: Path, field: str, answer: str) -> None:
    """G01 G02 G04 G05 G06 G10 G14 G19 G27 G28 G31 G32."""
    output = tmp_path / "outer" / "output"
    output.mkdir(parents=True)
    (output / "mine.txt").write_text("mine")
    (tmp_path / "home").mkdir()
    before = everything_below(output)

    done = cli("--no-input", "-o", str(output), "--", f"{field}={answer}")

    assert done.returncode != 0
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1
    assert lines[0].startswith(f"Nothing was generated: {field} must")
    assert set(everything_below(output)) == set(before)
    assert (output / "mine.txt").read_text() == "mine"
    assert [path.name for path in output.parent.iterdir()] == ["output"]


def test_a_choice_out_of_the_list_is_refused(cli: Cli, tmp_path: Path) -> None:
    """G33."""
    done = cli("--no-input", "-o", str(tmp_path / "output"), "auth=evil")
    assert done.returncode != 0
    last = done.stderr.strip().splitlines()[-1]
    assert "auth" in last
    assert "['session', 'jwt', 'both']" in last
    assert not (tmp_path / "output").exists()


def test_a_choice_out_of_the_list_in_a_replay_is_refused(cli: Cli, tmp_path: Path) -> None:
    """G33."""
    assert cli("--no-input", "-o", str(tmp_path / "first")).returncode == 0
    (replay,) = (tmp_path / "home" / ".cookiecutter_replay").iterdir()
    answers = json.loads(replay.read_text("utf-8"))
    answers["cookiecutter"]["auth"] = "evil"
    bad = tmp_path / "bad.json"
    bad.write_text(json.dumps(answers))
    done = cli("--replay-file", str(bad), "-o", str(tmp_path / "second"))
    assert done.returncode != 0
    assert done.stderr.startswith("Nothing was generated: auth must be one of session, jwt, both")
    assert not any((tmp_path / "second").iterdir())


def test_files_in_the_way_are_kept(cli: Cli, tmp_path: Path) -> None:
    """G16 G46 G47."""
    mine = tmp_path / "output" / "my_service" / "mine.txt"
    mine.parent.mkdir(parents=True)
    mine.write_text("mine")
    for words in ((), ("-f",)):
        done = cli("--no-input", "-o", str(tmp_path / "output"), *words)
        assert done.returncode != 0
        assert [path.name for path in mine.parent.iterdir()] == ["mine.txt"]
        assert mine.read_text() == "mine"


def test_without_hooks_nothing_leaves_the_output_folder(cli: Cli, tmp_path: Path) -> None:
    """G03."""
    for number, slug in enumerate(("../evil", "a/b", "..")):
        output = tmp_path / "outer" / f"output{number}"
        done = cli("--no-input", "--accept-hooks=no", "-o", str(output), f"project_slug={slug}")
        assert done.returncode == 0
        assert len(list(output.iterdir())) == 1
    assert len(list((tmp_path / "outer").iterdir())) == 3
