"""Shared fixtures: the template as committed, and the projects that it generates."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Protocol

import pytest
from cookiecutter.environment import StrictEnvironment
from cookiecutter.generate import generate_context
from cookiecutter.main import cookiecutter
from cookiecutter.prompt import prompt_for_config
from cookiecutter.utils import create_env_with_context

from tests import environments
from tests.environments import build, interpreter, once, python_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytest_plugins = ["pytester", "tests.costs_plugin"]

MODELS = environments.MODELS
# `both` contains what the other models have, which follow at night.
BOTH_BY_DAY = [
    "both",
    *(pytest.param(auth, marks=pytest.mark.nightly) for auth in ("session", "jwt")),
]
ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Bake:
    """A generated project."""

    path: Path
    answers: dict[str, str]

    def files(self) -> list[str]:
        """Return the project's files, as paths relative to it."""
        return sorted(
            path.relative_to(self.path).as_posix()
            for path in self.path.rglob("*")
            if not path.is_dir()
        )

    def copy_to(self, folder: Path) -> Bake:
        """Return a copy for running commands that may leave files behind."""
        return Bake(shutil.copytree(self.path, folder / self.path.name), self.answers)


class Baker(Protocol):
    def __call__(self, **answers: str) -> Bake: ...


class Install(Protocol):
    def __call__(self, auth: str, django_version: str = ...) -> tuple[Bake, Path]: ...


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template as Git would export it, without files left by running it."""
    copy = tmp_path_factory.mktemp("template")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    for name in filter(None, listed.split("\0")):
        source, target = ROOT / name, copy / name
        if source.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)
    return copy


@pytest.fixture(scope="session")
def definition(template: Path) -> dict[str, Any]:
    """The content of cookiecutter.json."""
    return json.loads((template / "cookiecutter.json").read_text("utf-8"))  # type: ignore[no-any-return]


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder shared by all workers of this run."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session", autouse=True)
def _compile_templates_once() -> Iterator[None]:
    """Keep compiled templates, which Cookiecutter compiles again for each project."""
    compile_template, compiled = StrictEnvironment.compile, dict[Any, Any]()

    def compile_once(self: StrictEnvironment, *words: Any) -> Any:
        key = (self.lexer, *words)
        if key not in compiled:
            compiled[key] = compile_template(self, *words)
        return compiled[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(StrictEnvironment, "compile", compile_once)
        yield


@pytest.fixture(scope="session")
def bake(template: Path, shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Baker:
    """Generate a project, once for each set of answers and all workers."""
    home = tmp_path_factory.mktemp("home")
    config = home / "config.yaml"
    config.write_text(f"replay_dir: {home / 'replay'}\n")

    @cache
    def generate(answers: tuple[tuple[str, str], ...]) -> Bake:
        def make(folder: Path) -> None:
            cookiecutter(
                str(template),
                no_input=True,
                extra_context=dict(answers),
                output_dir=str(folder),
                config_file=str(config),
            )

        digest = hashlib.sha256(repr(answers).encode()).hexdigest()
        (path,) = once(shared / f"bake-{digest[:16]}", make).iterdir()
        return Bake(path, dict(answers))

    return lambda **answers: generate(tuple(sorted(answers.items())))


@pytest.fixture(scope="session")
def bake_with_venv(bake: Baker, shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Install:
    """Generate a project and install exactly its requirements, including its tools."""

    @cache
    def install(auth: str, django_version: str = "5.2") -> tuple[Bake, Path]:
        # A copy: running a project leaves files in it. `both` has everything that can be chosen.
        answers = {"second_factor": "passkeys"} if auth == "both" else {}
        pristine = bake(auth=auth, django_version=django_version, **answers)
        baked = pristine.copy_to(tmp_path_factory.mktemp("installed"))
        python_version, pyproject = python_for(auth, django_version), baked.path / "pyproject.toml"
        venv = once(
            shared / f"venv-{auth}-{django_version}",
            lambda folder: build(folder, python_version, pyproject),
        )
        return baked, interpreter(venv)

    return install


def environment(home: Path) -> dict[str, str]:
    """Return the variables that a program needs to start, with an empty home directory."""
    needed = ("PATH", "SYSTEMROOT", "TEMP", "TMP")
    inherited = {name: os.environ[name] for name in needed if name in os.environ}
    return inherited | {"HOME": str(home), "USERPROFILE": str(home)}


@pytest.fixture(scope="session")
def load_hook(template: Path) -> Callable[..., ModuleType]:
    """Render a hook as cookiecutter does and load it without running it."""

    def load(name: str, **answers: str) -> ModuleType:
        context = generate_context(str(template / "cookiecutter.json"), None, answers)
        context["cookiecutter"].update(prompt_for_config(context, no_input=True))
        source = (template / "hooks" / f"{name}.py").read_text("utf-8")
        rendered = create_env_with_context(context).from_string(source).render(**context)
        module = ModuleType(name)
        exec(compile(rendered, f"{name}.py", "exec"), module.__dict__)  # noqa: S102 - our own hook
        return module

    return load


@pytest.fixture
def cli(template: Path, tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run the command line as a user does, with an empty home."""

    def run(*words: str, **options: Any) -> subprocess.CompletedProcess[str]:
        home = tmp_path / "home"
        home.mkdir(exist_ok=True)
        return subprocess.run(
            [
                Path(sys.executable).parent / "cookiecutter",
                options.pop("template", template),
                *words,
            ],
            cwd=tmp_path,
            env=environment(home) | options.pop("env", {}),
            capture_output=True,
            text=True,
            check=False,
            **options,
        )

    return run


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the slowest tests first, so that no worker has to run them alone at the end."""
    longest = ("tests/running/test_failover", "tests/project/test_own_checks")

    def rank(item: pytest.Item) -> int:
        if item.get_closest_marker("slow") is None:
            return len(longest) + 1
        return next((n for n, path in enumerate(longest) if item.nodeid.startswith(path)), 2)

    items.sort(key=rank)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the measurements of the tests."""
    for report in terminalreporter.getreports("passed") + terminalreporter.getreports("failed"):
        for name, figures in report.user_properties:
            if name == "figures" and report.when == "call":
                terminalreporter.write_line("\n".join(figures))
