"""Random answers: each is either rejected or reproduced exactly."""

from __future__ import annotations

import ast
import shutil
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from cookiecutter.exceptions import CookiecutterException
from cookiecutter.main import cookiecutter
from cookiecutter.utils import create_env_with_context
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jinja2 import TemplateError

from tests.conftest import MODELS
from tests.read_back import parse, plain, read_back

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from tests.conftest import Baker

DEFAULTS = {
    "project_name": "My Service",
    "project_slug": "my_service",
    "description": "A Django service.",
    "author_name": "Jane Doe",
    "author_email": "jane@example.com",
    "domain_name": "example.com",
}
# What means something to one of the languages that the answers are written into.
PIECES = [
    *("'", '"', '"""', "'''", "\\", "\\\\", "\\n", "\\u0041", "\\N{DASH}", "#", "# ", "%"),
    *("%(x)s", "$", "$(id)", "${PATH}", "`", "{", "}", "{0}", "{{", "}}", "{%", "%}", "# {#"),
    *("<", ">", "&", "&amp;", "<!--", "-->", "]]>", "<b>", "</title>", "javascript:", "://"),
    *("*", "_", "__", "[x](y)", "![", "]", "(", ")", "|", "~", "~~", "-", "--- ", "+", "=", "==="),
    *("1.", "2)", ".", ":", ": ", "- x", "@", "!", "?", ",", ";", "/", "../", "null", "true"),
    *("~", "1e3", "0x10", "|", ">", "&x", "*x", "!!python", "%YAML", "---", "...", "[tool.x]"),
    *(" ", "  ", "\t", "\n", "\r", "\0", "\x1b", "\x7f", "\x85", "\u00a0", "\u2028", "\u3000"),
    *("\u200b", "\u200d", "\u202e", "\ufeff", "\ufe0f", "\u3164", "\ud800", "e\u0301", "\u00e9"),
    *("\U0001f469\u200d\U0001f4bb", "\u2764\ufe0f", "\U0001f1e9\U0001f1ea", "日本語", "العربية"),
    *("ok", "Shop", "x", "7", "a.b", "x" * 40, "x" * 300),
]
TEXT = st.lists(st.sampled_from(PIECES) | st.text(max_size=8), min_size=1, max_size=6).map("".join)
NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,45}", fullmatch=True)
HOSTS = st.from_regex(r"[a-z0-9.-]{1,20}\.[a-z]{2,5}", fullmatch=True)
ANSWERS = {
    "project_name": TEXT,
    "project_slug": NAMES | TEXT,
    "description": TEXT,
    "author_name": TEXT,
    "author_email": st.builds("{}@{}".format, NAMES | TEXT, HOSTS) | TEXT,
    "domain_name": HOSTS | TEXT,
}
# So that one that is refused does not hide the others.
SOME_ANSWERS = st.lists(
    st.sampled_from(sorted(ANSWERS)), min_size=1, max_size=3, unique=True
).flatmap(lambda names: st.fixed_dictionaries({name: ANSWERS[name] for name in names}))
EVERYTHING = settings(
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


class Generator:
    """A generator of projects that empties its output folder each time."""

    def __init__(self, template: Path, folder: Path, captured: Any, patch: Any) -> None:
        self.template = template
        self.folder = folder
        self.captured = captured
        self.patch = patch

    def generate(self, auth: str, answers: dict[str, str], *, typed: bool) -> Path | str:
        """Return the project, or the error message if the answers were rejected."""
        choices = {"auth": auth, "deployment": "both"}
        answers = {"project_slug": DEFAULTS["project_slug"], **answers}
        options: dict[str, Any] = {
            "output_dir": str(self.folder / "output"),
            "default_config": {"replay_dir": str(self.folder / "replay")},
        }
        self.captured.readouterr()
        try:
            if typed:
                options["extra_context"] = choices
                read = lambda name, default, *_: answers.get(name, default)  # noqa: E731
                self.patch.setattr("cookiecutter.prompt.read_user_variable", read)
                choose = lambda _, options, *__: options[0]  # noqa: E731
                self.patch.setattr("cookiecutter.prompt.read_user_choice", choose)
            else:
                options |= {"no_input": True, "extra_context": choices | answers}
            path = cookiecutter(str(self.template), **options)
        except (CookiecutterException, TemplateError) as error:
            assert not any((self.folder / "output").glob("*"))
            line: str = self.captured.readouterr().err.strip()
            # What Cookiecutter cannot render never comes as far as a hook.
            rendered = not typed and isinstance(error, TemplateError)
            return line or ("template marks" if rendered else "")
        return Path(path)


@pytest.fixture
def generator(
    template: Path,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Generator:
    return Generator(template, tmp_path, capfd, monkeypatch)


def assert_refused_or_exact(result: Path | str, answers: dict[str, str], default: Path) -> None:
    if isinstance(result, str):
        message, _, command = result.partition("\n\n")
        lines = message.removeprefix("Nothing was generated: ").splitlines()
        named = {line.split()[0] for line in lines}
        assert message == "template marks" or named <= set(answers), result
        assert message == "template marks" or "cookiecutter" in command
        return
    wanted = DEFAULTS | {name: text.strip() for name, text in answers.items()}
    for name, place, text in read_back(result):
        assert text == wanted[name], (name, place)
    for path in result.rglob("*"):
        if path.is_file():
            same = default / path.relative_to(result)
            if path.read_bytes() != same.read_bytes():
                parse(path)


@pytest.mark.slow
@pytest.mark.parametrize("examples", [10, pytest.param(300, marks=pytest.mark.nightly)])
@pytest.mark.parametrize("auth", MODELS)
def test_random_projects(generator: Generator, bake: Baker, auth: str, examples: int) -> None:
    default = bake(auth=auth, deployment="both").path

    @settings(EVERYTHING, max_examples=examples)
    @given(answers=SOME_ANSWERS, typed=st.booleans())
    def generate(answers: dict[str, str], *, typed: bool) -> None:
        result = generator.generate(auth, answers, typed=typed)
        try:
            assert_refused_or_exact(result, answers, default)
        finally:
            shutil.rmtree(generator.folder / "output", ignore_errors=True)

    generate()


def test_accepted_answers_can_be_written(
    load_hook: Callable[..., ModuleType], definition: dict[str, Any]
) -> None:
    """Test the rules and escapes without generating a project."""
    hook = load_hook("pre_gen_project")
    escapes = create_env_with_context({"cookiecutter": definition})
    written = {
        name: escapes.from_string(definition[name])
        for name in definition
        if name.endswith(("_quoted", "_escaped", "_markdown"))
    }
    assert len(written) == 6

    @settings(EVERYTHING, max_examples=1000)
    @given(text=TEXT)
    def write(text: str) -> None:
        if hook.broken_rule("project_name", text, definition):
            return
        answers = definition | dict.fromkeys(DEFAULTS, text)
        for name, escape in written.items():
            result = escape.render(cookiecutter=answers)
            answers[name] = result
            if name.endswith("_escaped"):
                continue
            if name.endswith("_markdown"):
                block = f"# {result}\n\nEnd\n" if "project" in name else f"{result}\n\nEnd\n"
                assert plain(block) == [text, "End"], name
            else:
                assert tomllib.loads(f'x = "{result}"\n') == {"x": text}, name
                assert ast.literal_eval(f'"{result}"') == text, name

    write()
