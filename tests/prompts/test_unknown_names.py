"""Names that are not questions, and values that Cookiecutter would change without notice."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from cookiecutter.exceptions import FailedHookException
from cookiecutter.main import cookiecutter

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    Cli = Callable[..., subprocess.CompletedProcess[str]]


def assert_rejected(done: subprocess.CompletedProcess[str], output: Path, words: str) -> None:
    assert done.returncode != 0
    assert "Generated" not in done.stdout
    assert done.stderr.startswith("Nothing was generated: ")
    assert words in done.stderr
    assert not output.exists() or not any(output.iterdir())


def test_the_summary_shows_what_a_misspelled_name_yields(cli: Cli, tmp_path: Path) -> None:
    """Cookiecutter drops an unknown name before the hooks run."""
    done = cli("--no-input", "-o", str(tmp_path / "output"), "auht=jwt", "destination=x")
    assert done.returncode == 0, done.stderr
    assert "(auth=session, " in done.stdout


@pytest.mark.parametrize("slug", ["shop", "../evil"])
@pytest.mark.parametrize("names", [("__safe_slug",), ("__safe_slug", "__project_slug_answer")])
def test_the_folder_cannot_be_led_out_of_the_output_folder(
    cli: Cli, tmp_path: Path, slug: str, names: tuple[str, ...]
) -> None:
    """Private values can be set on the command line."""
    words = (f"project_slug={slug}", *(f"{name}=shop" for name in names))
    done = cli("--no-input", "-o", str(tmp_path / "outer" / "output"), *words)
    assert (done.returncode == 0) == (slug == "shop")
    assert [path.name for path in (tmp_path / "outer").iterdir()] == ["output"]


@pytest.mark.parametrize(
    "name", ["_manifest", "_copy_without_render", "_jinja2_env_vars", "_new_lines"]
)
def test_values_that_steer_generation(cli: Cli, tmp_path: Path, name: str) -> None:
    done = cli("--no-input", "-o", str(tmp_path / "output"), f"{name}=x")
    assert done.returncode != 0
    assert not (tmp_path / "output").exists() or not any((tmp_path / "output").iterdir())


def configured(cli: Cli, tmp_path: Path, answers: dict[Any, Any], *words: str, **more: Any) -> Any:
    config = tmp_path / "config.yaml"
    config.write_text(yaml.safe_dump({"default_context": answers}))
    return cli("--config-file", str(config), "-o", str(tmp_path / "output"), *words, **more)


@pytest.mark.parametrize(
    ("field", "answer"),
    [
        ("project_name", 1.10),
        ("project_name", ["a", "b"]),
        ("project_name", {"a": "b"}),
        ("project_slug", {"a": "b"}),
        ("project_slug", "{{ 'abc' }}"),
        ("description", {"a": "b"}),
        ("description", "{{ 7*7 }}"),
        ("author_name", True),
        ("author_email", None),
    ],
)
def test_a_configured_value_that_would_be_converted_is_rejected(
    cli: Cli, tmp_path: Path, field: str, answer: object
) -> None:
    """Cookiecutter turns 1.10 into 1.1, and 7*7 in braces into 49."""
    done = configured(cli, tmp_path, {field: answer, "ci": "none"}, "--no-input")
    assert_rejected(done, tmp_path / "output", f"{field} must ")


def test_the_command_line_overrides_the_configuration(cli: Cli, tmp_path: Path) -> None:
    done = configured(cli, tmp_path, {"project_name": 5}, "--no-input", "project_name=Shop")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("answers", [{"project_name": 5}, {"description": ["none"]}])
def test_in_a_program(
    template: Path,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    answers: dict[str, Any],
) -> None:
    with pytest.raises(FailedHookException):
        cookiecutter(
            str(template),
            no_input=True,
            extra_context=answers,
            output_dir=str(tmp_path / "output"),
            default_config={"replay_dir": str(tmp_path)},
        )
    assert f"{next(iter(answers))} must be text" in capfd.readouterr().err
    assert not any((tmp_path / "output").iterdir())


@pytest.fixture
def replay(cli: Cli, tmp_path: Path) -> Callable[..., Path]:
    """Return a replay file whose answers were edited after it was recorded."""

    def edit(**answers: str) -> Path:
        assert cli("--no-input", "-o", str(tmp_path / "first")).returncode == 0
        (recorded,) = (tmp_path / "home" / ".cookiecutter_replay").iterdir()
        content = json.loads(recorded.read_text("utf-8"))
        content["cookiecutter"] |= answers
        (tmp_path / "edited.json").write_text(json.dumps(content))
        return tmp_path / "edited.json"

    return edit


@pytest.mark.parametrize(
    "answers", [{"auth": "evil"}, {"deployment": "none; rm"}, {"project_slug": "other"}]
)
def test_in_an_edited_replay(
    cli: Cli, tmp_path: Path, replay: Callable[..., Path], answers: dict[str, str]
) -> None:
    """Cookiecutter does not check the answers of a replay file."""
    done = cli("--replay-file", str(replay(**answers)), "-o", str(tmp_path / "output"))
    assert_rejected(done, tmp_path / "output", f"{next(iter(answers))} must be ")


def test_a_replay_that_cannot_be_compared_is_rejected(
    cli: Cli, tmp_path: Path, template: Path, replay: Callable[..., Path]
) -> None:
    """The hook cannot compare if the template is named by a path that it cannot follow."""
    (tmp_path / "template").symlink_to(template)
    words = ("--replay-file", str(replay()), "-o", str(tmp_path / "output"))
    done = cli(*words, template="./template", env={"PWD": "/"})
    assert_rejected(done, tmp_path / "output", "absolute path of the template")
    done = cli(*words, template="./template", env={"PWD": str(tmp_path)})
    assert done.returncode == 0, done.stderr
