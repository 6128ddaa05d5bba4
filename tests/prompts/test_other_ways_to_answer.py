"""Answers from prompts, a user configuration or a replay file, which have the same rules."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import yaml

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    Cli = Callable[..., subprocess.CompletedProcess[str]]

BAD = [
    ("project_slug", "../evil"),
    ("project_slug", "a/b"),
    ("project_slug", "django"),
    ("project_name", "{{ x }}"),
    ("description", "{% raw %}"),
    ("author_email", "nobody"),
    ("domain_name", "127.0.0.1"),
]
TWO_BRACES = [(field, answer) for field, answer in BAD if "{" not in answer]


@pytest.fixture
def output(tmp_path: Path) -> Path:
    folder = tmp_path / "outer" / "output"
    folder.mkdir(parents=True)
    return folder


def assert_refused(done: subprocess.CompletedProcess[str], output: Path, field: str) -> None:
    assert done.returncode != 0
    assert f"Nothing was generated: {field} must" in done.stderr
    assert not any(output.iterdir())
    assert [path.name for path in output.parent.iterdir()] == ["output"]


@pytest.mark.parametrize(("field", "answer"), BAD)
def test_typed(
    cli: Cli, output: Path, definition: dict[str, Any], field: str, answer: str
) -> None:
    questions = [name for name in definition if not name.startswith("_")]
    typed = "".join(f"{answer}\n" if name == field else "\n" for name in questions)
    assert_refused(cli("-o", str(output), input=typed), output, field)


def test_typed_choices_are_asked_for_again(cli: Cli, output: Path) -> None:
    typed = "\n" * 6 + "evil\n2\n" + "\n" * 6
    done = cli("-o", str(output), input=typed)
    assert done.returncode == 0, done.stderr
    assert "(auth=jwt, " in done.stdout


@pytest.mark.parametrize(
    ("field", "answer"), [*TWO_BRACES, ("description", None), ("project_name", None)]
)
def test_configured(
    cli: Cli, output: Path, tmp_path: Path, field: str, answer: str | None
) -> None:
    config = tmp_path / "config.yaml"
    config.write_text(yaml.safe_dump({"default_context": {field: answer}}))
    done = cli("--no-input", "--config-file", str(config), "-o", str(output))
    assert_refused(done, output, field)


@pytest.mark.parametrize(
    ("field", "answer"),
    [*TWO_BRACES[2:], ("project_name", "{{ x }}"), ("description", 5), ("license", "WTFPL")],
)
def test_replayed(cli: Cli, output: Path, tmp_path: Path, field: str, answer: object) -> None:
    assert cli("--no-input", "-o", str(tmp_path / "first")).returncode == 0
    (replay,) = (tmp_path / "home" / ".cookiecutter_replay").iterdir()
    answers = json.loads(replay.read_text("utf-8"))
    answers["cookiecutter"][field] = answer
    changed = tmp_path / "changed.json"
    changed.write_text(json.dumps(answers))
    done = cli("--replay-file", str(changed), "-o", str(output))
    assert_refused(done, output, field)


def test_a_replay_generates_the_same_with_new_secrets(
    cli: Cli, output: Path, tmp_path: Path
) -> None:
    assert cli("--no-input", "-o", str(tmp_path / "first"), "auth=jwt").returncode == 0
    assert cli("--replay", "-o", str(output)).returncode == 0
    first, second = tmp_path / "first" / "my_service", output / "my_service"
    names = sorted(path.relative_to(first) for path in first.rglob("*") if path.is_file())
    assert names == sorted(
        path.relative_to(second) for path in second.rglob("*") if path.is_file()
    )
    differing = [str(n) for n in names if (first / n).read_bytes() != (second / n).read_bytes()]
    assert differing == [".env"]


def test_answers_never_run(cli: Cli, output: Path, tmp_path: Path) -> None:
    code = '""" + str(__import__("pathlib").Path("canary").touch()) + """'
    done = cli("--no-input", "-o", str(output), "--", f"description={code}")
    assert done.returncode == 0, done.stderr
    assert not list(tmp_path.rglob("canary"))


@pytest.mark.parametrize("slug", ["a__b", "x" * 40])
def test_a_valid_slug_names_the_folder(cli: Cli, output: Path, slug: str) -> None:
    done = cli("--no-input", "-o", str(output), f"project_slug={slug}")
    assert done.returncode == 0, done.stderr
    assert [path.name for path in output.iterdir()] == [slug]


def test_a_long_name_makes_a_valid_slug(cli: Cli, output: Path) -> None:
    name = "A Service With a Name That Does Not Fit"
    done = cli("--no-input", "-o", str(output), f"project_name={name} and More")
    assert done.returncode == 0, done.stderr


def test_nothing_is_written_through_a_link(cli: Cli, output: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (output / "my_service").symlink_to(tmp_path / "elsewhere")
    done = cli("--no-input", "-f", "-o", str(output))
    assert done.returncode != 0
    assert "must not name a link" in done.stderr
    assert not any((tmp_path / "elsewhere").iterdir())


@pytest.mark.parametrize("way", ["command line", "configuration"])
@pytest.mark.parametrize(
    "text", ["{{ 7*7 }}", "a# {# b #}", "{{ cycler.__init__.__globals__.os.getpid() }}"]
)
def test_rendered_answers_are_rejected(
    cli: Cli, output: Path, tmp_path: Path, text: str, way: str
) -> None:
    """No hook can prevent the rendering, but the rendered answer is rejected."""
    config = tmp_path / "config.yaml"
    answers = {"description": text} if way == "configuration" else {}
    config.write_text(yaml.safe_dump({"default_context": answers}))
    words = [] if answers else [f"description={text}"]
    done = cli("--no-input", "--config-file", str(config), "-o", str(output), "--", *words)
    assert_refused(done, output, "description")


@pytest.mark.parametrize("obstacle", ["file", "dangling link", "folder"])
def test_existing_files_are_kept(cli: Cli, output: Path, obstacle: str) -> None:
    place = output / "my_service"
    match obstacle:
        case "file":
            place.write_text("mine")
        case "dangling link":
            place.symlink_to(output / "nowhere")
        case "folder":
            (place / "mine").mkdir(parents=True)
    done = cli("--no-input", "-o", str(output))
    assert done.returncode != 0
    assert [path.name for path in output.iterdir()] == ["my_service"]
    assert place.is_symlink() == (obstacle == "dangling link")
    assert not place.is_file() or place.read_text() == "mine"
    assert not place.is_dir() or [path.name for path in place.iterdir()] == ["mine"]
