"""A name that is no question is refused wherever it is given, and never yields a default."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from cookiecutter.exceptions import FailedHookException
from cookiecutter.generate import generate_context
from cookiecutter.main import cookiecutter
from cookiecutter.prompt import prompt_for_config
from cookiecutter.utils import create_env_with_context

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path
    from types import ModuleType

    Cli = Callable[..., subprocess.CompletedProcess[str]]


def assert_refused(done: subprocess.CompletedProcess[str], output: Path, words: str) -> None:
    assert done.returncode != 0
    assert "Generated" not in done.stdout
    lines = [line for line in done.stderr.splitlines() if line.startswith("Nothing was generated")]
    assert len(lines) == 1, done.stderr
    assert words in lines[0]
    assert not output.exists() or not any(output.iterdir())


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("auht=jwt", "'auht' is no question of this template (did you mean auth?)"),
        ("AUTH=jwt", "did you mean auth?"),
        ("django-version=6.1", "did you mean django_version?"),
        ("xyzzy=1", "(these are: auth, author_email, "),
        ("=jwt", "''"),
        ("two\nlines=jwt", r"'two\nlines'"),
        ("n\u00e4me=jwt", r"'n\xe4me'"),
        ("x" * 5000 + "=jwt", "xxx"),
    ],
)
def test_on_the_command_line(cli: Cli, tmp_path: Path, word: str, hint: str) -> None:
    """G37."""
    done = cli("--no-input", "-o", str(tmp_path / "output"), word)
    assert_refused(done, tmp_path / "output", hint)
    assert len(done.stderr.splitlines()) == 1
    assert len(done.stderr) < 400


@pytest.mark.parametrize("words", [("auth=jwt", "auht=both"), ("auht=both", "auth=jwt")])
def test_beside_good_names(cli: Cli, tmp_path: Path, words: tuple[str, str]) -> None:
    """G37."""
    done = cli(words[0], "--no-input", "-o", str(tmp_path / "output"), words[1])
    assert_refused(done, tmp_path / "output", "'auht'")


def test_also_when_the_rest_is_typed(cli: Cli, tmp_path: Path) -> None:
    """G37."""
    done = cli("-o", str(tmp_path / "output"), "auht=jwt", input="\n" * 12)
    assert_refused(done, tmp_path / "output", "did you mean auth?")


@pytest.mark.parametrize(
    "name", ["__safe_slug", "__project_slug_answer", "__dist_name", "_litter2"]
)
@pytest.mark.parametrize("slug", ["shop", "../evil"])
def test_values_that_are_no_answers(cli: Cli, tmp_path: Path, name: str, slug: str) -> None:
    """G03 G37 G55."""
    words = (f"project_slug={slug}", f"{name}=shop")
    done = cli("--no-input", "-o", str(tmp_path / "outer" / "output"), *words)
    assert_refused(done, tmp_path / "outer" / "output", f"'{name}' is no question")
    assert [path.name for path in (tmp_path / "outer").iterdir()] == ["output"]


@pytest.mark.parametrize(
    "name", ["_manifest", "_copy_without_render", "_jinja2_env_vars", "_litter", "_new_lines"]
)
def test_values_that_steer_cookiecutter(cli: Cli, tmp_path: Path, name: str) -> None:
    """G55."""
    done = cli("--no-input", "-o", str(tmp_path / "output"), f"{name}=x")
    assert done.returncode != 0
    assert not (tmp_path / "output").exists() or not any((tmp_path / "output").iterdir())


def test_options_with_values_are_no_answers(cli: Cli, tmp_path: Path) -> None:
    """G37."""
    config = tmp_path / "auht=config.yaml"
    config.write_text("{}")
    done = cli(
        *("--no-input", "-o", str(tmp_path / "auht=jwt"), "--config-file", str(config)),
        *("--debug-file", str(tmp_path / "x=y"), "auth=jwt", "-f"),
    )
    assert done.returncode == 0, done.stderr
    assert "(auth=jwt)" in done.stdout
    done = cli("--replay", "-o", str(tmp_path / "x=z"))
    assert done.returncode == 0, done.stderr


def configured(cli: Cli, tmp_path: Path, answers: dict[Any, Any], *words: str, **more: Any) -> Any:
    config = tmp_path / "config.yaml"
    config.write_text(yaml.safe_dump({"default_context": answers}))
    return cli("--config-file", str(config), "-o", str(tmp_path / "output"), *words, **more)


@pytest.mark.parametrize("name", ["auht", "licence", "Django-Version"])
def test_in_a_configuration(cli: Cli, tmp_path: Path, name: str) -> None:
    """G37."""
    done = configured(cli, tmp_path, {name: "jwt"}, "--no-input")
    assert_refused(done, tmp_path / "output", f"'{name}' in the user configuration is no question")


def test_a_configuration_may_hold_answers_for_other_templates(cli: Cli, tmp_path: Path) -> None:
    """G37."""
    others: dict[Any, Any] = {
        **dict.fromkeys(("full_name", "author", "email", "github_username", "cli"), "x"),
        "project_url": "x",
        "created": dt.date(2024, 1, 1),
        5: {"a": ["b"]},
        "auth": "jwt",
    }
    done = configured(cli, tmp_path, others, "--no-input")
    assert done.returncode == 0, done.stderr
    assert "(auth=jwt)" in done.stdout


@pytest.mark.parametrize(
    ("field", "answer", "rule"),
    [
        ("auth", "evil", "auth must be one of session, jwt, both in the user configuration"),
        ("django_version", 6.1, "django_version must be text, in quotes"),
        ("license", ["MIT"], "license must be text"),
        ("project_name", 1.10, "project_name must be text"),
        ("project_name", ["a", "b"], "project_name must be text"),
        ("project_name", {"a": "b"}, "project_name must be text"),
        ("project_slug", {"a": "b"}, "project_slug must be text"),
        ("description", {"a": "b"}, "description must be text"),
        ("author_name", True, "author_name must be text"),
        ("author_email", None, "author_email must be text"),
    ],
)
def test_what_cookiecutter_would_drop_or_change(
    cli: Cli, tmp_path: Path, field: str, answer: object, rule: str
) -> None:
    """G33 G34: a bad answer in a configuration makes Cookiecutter ignore all that follow it."""
    done = configured(cli, tmp_path, {field: answer, "ci": "none"}, "--no-input")
    assert_refused(done, tmp_path / "output", rule)


def test_a_person_who_is_asked_sees_what_is_chosen(cli: Cli, tmp_path: Path) -> None:
    """G33."""
    done = configured(cli, tmp_path, {"django_version": 6.1}, input="\n" * 12)
    assert done.returncode == 0, done.stderr


def test_in_a_replay(cli: Cli, tmp_path: Path) -> None:
    """G37."""
    assert cli("--no-input", "-o", str(tmp_path / "first")).returncode == 0
    (replay,) = (tmp_path / "home" / ".cookiecutter_replay").iterdir()
    answers = json.loads(replay.read_text("utf-8"))
    answers["cookiecutter"]["auht"] = "jwt"
    (tmp_path / "changed.json").write_text(json.dumps(answers))
    done = cli("--replay-file", str(tmp_path / "changed.json"), "-o", str(tmp_path / "output"))
    assert_refused(done, tmp_path / "output", "did you mean auth?")


@pytest.mark.parametrize("answers", [{"auht": "jwt"}, {"project_name": 5}, {"ci": ["none"]}])
def test_in_a_program(
    template: Path,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    answers: dict[str, Any],
) -> None:
    """G37."""
    with pytest.raises(FailedHookException):
        cookiecutter(
            str(template),
            no_input=True,
            extra_context=answers,
            output_dir=str(tmp_path / "output"),
            default_config={"replay_dir": str(tmp_path)},
        )
    assert next(iter(answers)) in capfd.readouterr().err
    assert not any((tmp_path / "output").iterdir())


@pytest.mark.parametrize("missing", ["lipsum", "lipsum.__globals__"])
def test_nothing_breaks_where_names_cannot_be_looked_up(template: Path, missing: str) -> None:
    """G37: another Jinja may have another way in; generation then goes on without the check."""
    context = generate_context(str(template / "cookiecutter.json"))
    context["cookiecutter"].update(prompt_for_config(context, no_input=True))
    jinja = create_env_with_context(context)
    if missing == "lipsum":
        del jinja.globals["lipsum"]
    else:
        jinja.globals["lipsum"] = object()
    source = (template / "hooks" / "pre_gen_project.py").read_text("utf-8")
    rendered = jinja.from_string(source).render(**context)
    assert 'GIVEN = json.loads("[]")' in rendered
    assert 'CONFIGURED = json.loads("[]")' in rendered


def test_what_looks_like_a_question(load_hook: Callable[..., ModuleType]) -> None:
    """G37."""
    looks_like = load_hook("pre_gen_project").looks_like
    for name in ("auth", "auht", "ath", "autth", "Auth", "aith"):
        assert looks_like(name, "auth"), name
    for name in ("author", "oauth_app", "", "a", "user"):
        assert not looks_like(name, "auth"), name
    assert looks_like("django-version", "django_version")
    assert not looks_like("cli", "ci")
    assert not looks_like("email", "author_email")


def test_an_update_may_answer_a_question_of_the_other_version(
    load_hook: Callable[..., ModuleType],
) -> None:
    hook = load_hook("pre_gen_project")

    hook.check_given([("colour", "red"), ("auth", "both")], updating=True)
    for name, updating in (("auht", True), ("colour", False)):
        with pytest.raises(hook.Refused, match=f"'{name}' is no question"):
            hook.check_given([(name, "both")], updating=updating)
