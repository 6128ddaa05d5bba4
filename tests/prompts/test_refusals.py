"""Rejected answers: each is reported on one line, and no files remain."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path
    from types import ModuleType

    Cli = Callable[..., subprocess.CompletedProcess[str]]


def everything_below(folder: Path) -> dict[str, int]:
    """Return all paths below a folder, with the times of their last change."""
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
def test_an_invalid_answer_is_named_with_its_rule(
    cli: Cli, tmp_path: Path, field: str, answer: str
) -> None:
    output = tmp_path / "outer" / "output"
    output.mkdir(parents=True)
    (output / "mine.txt").write_text("mine")
    (tmp_path / "home").mkdir()
    before = everything_below(output)

    done = cli("--no-input", "-o", str(output), "--", f"{field}={answer}")

    assert done.returncode != 0
    lines = done.stderr.splitlines()
    assert lines[0].startswith(f"Nothing was generated: {field} must ")
    assert lines[0].endswith(f" (got {ascii(answer)[:60]}).")
    assert lines[1] == ""
    assert set(everything_below(output)) == set(before)
    assert (output / "mine.txt").read_text() == "mine"
    assert [path.name for path in output.parent.iterdir()] == ["output"]


def test_a_choice_out_of_the_list_is_refused(cli: Cli, tmp_path: Path) -> None:
    done = cli("--no-input", "-o", str(tmp_path / "output"), "auth=evil")
    assert done.returncode != 0
    last = done.stderr.strip().splitlines()[-1]
    assert "auth" in last
    assert "['session', 'jwt', 'both']" in last
    assert not (tmp_path / "output").exists()


def test_a_choice_out_of_the_list_in_a_replay_is_refused(cli: Cli, tmp_path: Path) -> None:
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


ANSWERS = {
    "project_name": "Alice's $(id) `x` \u65e5\u672c",
    "project_slug": "Not A Slug",
    "description": "two  spaces; & more",
    "author_name": "-o /tmp/x",
    "author_email": "nobody",
    "domain_name": "http://example.com",
    "auth": "jwt",
    "registration": "closed",
    "second_factor": "none",
    "django_version": "6.1",
    "ci": "none",
    "deployment": "kubernetes",
    "license": "proprietary",
}
INVALID = ("project_slug", "author_email", "domain_name")


@pytest.mark.parametrize("way", ["typed", "given"])
def test_all_invalid_answers_are_reported_at_once(cli: Cli, tmp_path: Path, way: str) -> None:
    """G-07: the suggested command asks again, with the valid answers as defaults."""
    output = tmp_path / "out put"
    if way == "typed":
        choices = ["2", "2", "3", "2", "3", "2", "4"]
        typed = "\n".join([*list(ANSWERS.values())[:6], *choices, ""])
        done = cli("-o", str(output), input=typed)
    else:
        words = [f"{name}={answer}" for name, answer in ANSWERS.items()]
        done = cli("--no-input", "-o", str(output), "--", *words)
    assert done.returncode != 0
    message, _, command = done.stderr.partition("\n\n")
    lines = message.removeprefix("Nothing was generated: ").splitlines()
    assert [line.split()[0] for line in lines] == list(INVALID)
    for name, line in zip(INVALID, lines, strict=True):
        assert f"{name} must " in line and f"(got '{ANSWERS[name]}')." in line

    words = shlex.split(command.splitlines()[-1])
    assert words[0] == "cookiecutter"
    assert not any(word.startswith(tuple(f"{name}=" for name in INVALID)) for word in words)
    again = cli(*words[2:], template=words[1], input="\n" + "my_own_slug\n" + "\n" * 11)
    assert again.returncode == 0, again.stderr
    project = output / "my_own_slug"
    recorded = json.loads((project / ".cruft.json").read_text("utf-8"))["context"]["cookiecutter"]
    for name, answer in ANSWERS.items():
        if name not in INVALID:
            assert recorded[name] == answer, name


@pytest.mark.parametrize(
    ("variables", "first"), [({"UV": "/bin/uv"}, "uvx"), ({}, "cookiecutter")]
)
def test_the_command_starts_as_the_first_one_did(
    cli: Cli, tmp_path: Path, variables: dict[str, str], first: str
) -> None:
    """`uvx` and `uv run` set `UV`, so the suggested command uses `uvx` too."""
    done = cli("--no-input", "-o", str(tmp_path), "author_email=x", env=variables)
    assert shlex.split(done.stderr.splitlines()[-1])[0] == first


def test_the_command_holds_no_token(load_hook: Callable[..., ModuleType]) -> None:
    """Others may read the log of a pipeline, which contains the suggested command."""
    answers = {
        "_template": "https://x:to@ken@example.com/t.git",
        "_output_dir": "/x",
        "auth": "jwt",
    }
    command = load_hook("pre_gen_project").repeat(answers, {})
    assert "https://example.com/t.git" in command and "ken" not in command
    assert "ssh://git@example.com/t" in load_hook("pre_gen_project").repeat(
        answers | {"_template": "ssh://git@example.com/t"}, {}
    )


def test_defaults_of_other_templates_do_not_count(cli: Cli, tmp_path: Path) -> None:
    """G-02: Cookiecutter warns of a default that is not a valid choice, and ignores it."""
    config = tmp_path / "config.yaml"
    config.write_text(
        "default_context:\n  license: MIT license\n  django_version: '4.2'\n  cli: click\n"
        "  full_name: Ada\n  created: 2024-01-01\n  5: {a: [b]}\n"
    )
    for words in ((), ("license=Apache-2.0", "django_version=6.1")):
        output = tmp_path / f"output{len(words)}"
        done = cli("--no-input", "--config-file", str(config), "-o", str(output), *words)
        assert done.returncode == 0, done.stderr
        assert f"Django {'6.1' if words else '5.2'}," in done.stdout
        assert "Apache-2.0" in done.stdout or not words


def test_files_in_the_way_are_kept(cli: Cli, tmp_path: Path) -> None:
    mine = tmp_path / "output" / "my_service" / "mine.txt"
    mine.parent.mkdir(parents=True)
    mine.write_text("mine")
    for words in ((), ("-f",)):
        done = cli("--no-input", "-o", str(tmp_path / "output"), *words)
        assert done.returncode != 0
        assert [path.name for path in mine.parent.iterdir()] == ["mine.txt"]
        assert mine.read_text() == "mine"


def test_without_hooks_nothing_leaves_the_output_folder(cli: Cli, tmp_path: Path) -> None:
    for number, slug in enumerate(("../evil", "a/b", "..")):
        output = tmp_path / "outer" / f"output{number}"
        done = cli("--no-input", "--accept-hooks=no", "-o", str(output), f"project_slug={slug}")
        assert done.returncode == 0
        assert len(list(output.iterdir())) == 1
    assert len(list((tmp_path / "outer").iterdir())) == 3
