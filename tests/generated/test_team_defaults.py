"""Commands of docs/team-defaults.md, run unchanged, and the documented exit statuses."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.conftest import ROOT, environment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Cli = Callable[..., subprocess.CompletedProcess[str]]

BIN = Path(sys.executable).parent
PROGRAM = ROOT / "scripts" / "generate.py"
# The commands take one folder, in one order.
one_after_the_other = pytest.mark.xdist_group("team")
DOCUMENT = (ROOT / "docs" / "team-defaults.md").read_text("utf-8")


@pytest.fixture(scope="module")
def done(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which all blocks of the document have been run, one after the other."""
    folder = tmp_path_factory.mktemp("team")
    clone = shutil.copytree(template, folder / "cookiecutter-django-auth")
    bin_folder = folder / "bin"
    bin_folder.mkdir()
    # These replace uv, which would download packages that are already installed.
    for name, line in {"uvx": f'exec {BIN}/"$@"', "uv": f'shift; exec {BIN}/python "$@"'}.items():
        (bin_folder / name).write_text(f"#!/bin/sh\n{line}\n")
        (bin_folder / name).chmod(0o755)
    blocks = re.findall(r"```sh\n(.*?)```", DOCUMENT, re.DOTALL)
    assert len(blocks) == 8
    script = "\n".join(blocks).replace("gh:ORG/cookiecutter-django-auth", str(clone))
    script = script.replace("uv run scripts/", f"uv run {clone}/scripts/")
    subprocess.run(
        ["bash", "-euxc", script],
        cwd=folder,
        env={"PATH": f"{bin_folder}{os.pathsep}{os.environ['PATH']}", "HOME": str(folder)},
        input="Asked Service\n" + "\n" * 12,
        text=True,
        check=True,
        capture_output=True,
    )
    return folder


@pytest.mark.slow
@one_after_the_other
def test_defaults_when_asked_and_when_not(done: Path) -> None:
    for name in ("asked_service", "shop_floor", "stock_room"):
        project = done / name
        assert "Platform Team" in (project / "pyproject.toml").read_text("utf-8")
        assert "6.1" in (project / "pyproject.toml").read_text("utf-8")
        assert (project / ".gitlab-ci.yml").exists()
        assert (project / "deploy" / "kubernetes").exists()
        assert "All rights reserved" in (project / "LICENSE").read_text("utf-8")
    assert (done / "shop_floor" / "token_auth").exists()
    assert not (done / "stock_room" / "token_auth").exists()


@pytest.mark.slow
@one_after_the_other
def test_the_same_project_again(done: Path) -> None:
    first, second = done / "stock_room", done / "copies" / "stock_room"
    names = [path.relative_to(first) for path in first.rglob("*") if path.is_file()]
    differing = [str(n) for n in names if (first / n).read_bytes() != (second / n).read_bytes()]
    assert differing == [".env"]


@pytest.mark.slow
@one_after_the_other
def test_from_a_portal(done: Path) -> None:
    project = done / "services" / "night_shift"
    assert "Platform Team" in (project / "pyproject.toml").read_text("utf-8")
    assert (project / "token_auth").exists() and (project / "session_auth").exists()
    assert not (project / ".github").exists()
    assert [path.name for path in (done / "services").iterdir()] == ["night_shift"]


@pytest.mark.slow
@one_after_the_other
def test_own_files_on_top(done: Path) -> None:
    project = done / "goods_in"
    assert (project / "CODEOWNERS").read_text("utf-8") == "* @example/stock\n"
    assert (project / "docs" / "on-call.md").exists()
    expected = (
        (ROOT / "tests" / "generated" / "expected" / "session.txt").read_text("utf-8").split("\n")
    )
    ours = {name for name in expected if name and "kubernetes" not in name}
    found = {path.relative_to(project).as_posix() for path in project.rglob("*") if path.is_file()}
    assert found == ours | {"CODEOWNERS", "docs/on-call.md"}


def program(*words: str, folder: Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [BIN / "python", PROGRAM, *words],
        cwd=folder,
        env=environment(folder),
        capture_output=True,
        text=True,
        check=False,
        input=stdin,
    )


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["auth=evil"], 2, "auth must be one of session, jwt, both (got 'evil')"),
        (["auth=evil", "--ignore", "auth=evil"], 2, "auth must be one of"),
        (["auht=jwt"], 2, "did you mean auth?"),
        (["description={{ 7*7 }}"], 2, "description must not contain template marks"),
        (["description={{"], 2, "description must not contain template marks"),
        (["project_slug=a/b"], 2, "project_slug must be"),
        (["_manifest=x"], 2, "'_manifest' is not a question"),
        (["__safe_slug=a/b"], 2, "'__safe_slug' is not a question"),
        (["=jwt"], 2, "'' is not a question"),
        (["two\nlines=jwt"], 2, r"'two\nlines' is not a question"),
        (["x" * 5000 + "=jwt"], 2, "xxx' is not a question"),
        (["destination=x"], 2, "'destination' is not a question"),
        (["auth=jwt", "auth=both"], 2, "'auth' must be answered once"),
        (["auth"], 2, "'auth' must be of the form name=value"),
        (["--answers", "missing.json"], 2, "missing.json cannot be read"),
        (["--output", "file"], 1, "file"),
        (["--output", "file/below"], 1, "file"),
        (["project_slug=in_the_way"], 1, "in_the_way exists"),
    ],
)
def test_a_rejected_answer_is_reported_and_leaves_no_files(
    tmp_path: Path, words: list[str], status: int, said: str
) -> None:
    """Also where Cookiecutter itself cannot do so."""
    (tmp_path / "file").write_text("mine")
    (tmp_path / "in_the_way").mkdir()
    done = program(*words, folder=tmp_path)
    assert done.returncode == status, done.stderr
    assert re.fullmatch(r"Nothing was generated: .+\.\n", done.stderr)
    assert said in done.stderr
    assert done.stdout == ""
    assert {path.name for path in tmp_path.iterdir()} == {"file", "in_the_way"}
    assert len(done.stderr) < 500


def test_all_invalid_answers_of_a_form_are_reported_at_once(tmp_path: Path) -> None:
    """Also what Cookiecutter itself would reject, or never look at."""
    words = ["auht=jwt", "auth=evil", "project_slug=A", "author_email=x", "description={{ 7*7 }}"]
    done = program(*words, "project_name=Shop", folder=tmp_path)
    assert done.returncode == 2
    lines = done.stderr.splitlines()
    assert len(lines) == len(words)
    for word, line in zip(words, lines, strict=True):
        assert line.startswith("Nothing was generated: ")
        assert word.partition("=")[0] in line
    assert not any(tmp_path.iterdir())


def test_names_that_a_portal_adds_are_ignored_if_they_are_listed(tmp_path: Path) -> None:
    """G-09: values that a portal adds for itself do not stop the generation."""
    form = json.dumps({"auth": "jwt", "destination": {"host": "x"}, "component_id": None})
    words = ["--ignore", "destination", "--ignore", "component_id"]
    done = program("--answers", "-", *words, folder=tmp_path, stdin=form)
    assert done.returncode == 0, done.stderr
    assert "(auth=jwt, " in done.stdout
    done = program("--answers", "-", *words, "auht=both", folder=tmp_path, stdin=form)
    assert done.returncode == 2
    assert "did you mean auth?" in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="needs a shell")
def test_the_pipeline_of_the_portal_generates_from_the_form(
    template: Path, tmp_path: Path, definition: dict[str, Any]
) -> None:
    """With answers that a shell would run if they were pasted into the command."""
    form, workflow = map(yaml.safe_load, re.findall(r"```yaml\n(.*?)```", DOCUMENT, re.DOTALL))
    (parameters,), (step,) = form["parameters"], form["steps"]
    asked = parameters["properties"]
    assert asked["auth"]["enum"] == definition["auth"]
    # YAML 1.1 reads the key `on` as true.
    inputs = workflow[True]["workflow_dispatch"]["inputs"]
    assert set(asked) == set(step["input"]["workflowInputs"]) == set(inputs)
    job = workflow["jobs"]["generate"]
    assert {f"${{{{ inputs.{name} }}}}" for name in inputs} == set(job["env"].values())
    command = job["steps"][-1]["run"]
    assert "${{" not in command

    name = 'Al\'s "$(touch canary)" `touch canary`; touch canary'
    (tmp_path / "python3").write_text(
        f'#!/bin/sh\n[ "$1" = -m ] || exec {BIN}/python "{template}/$@"\n'
    )
    (tmp_path / "python3").chmod(0o755)
    done = subprocess.run(
        ["bash", "-euc", command],
        cwd=tmp_path,
        env={
            "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}",
            "PROJECT_NAME": name,
            "AUTH": "jwt",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (project,) = (tmp_path / "services").iterdir()
    recorded = json.loads((project / ".cruft.json").read_text("utf-8"))["context"]["cookiecutter"]
    assert (recorded["project_name"], recorded["auth"]) == (name, "jwt")
    assert not list(tmp_path.rglob("canary"))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[]", "must hold one object"),
        ("{", "cannot be read"),
        ('{"auth": null}', "auth must be text"),
        ('{"django_version": 6.1}', "django_version must be text"),
        ('{"project_name": ["a"]}', "project_name must be text"),
        ('{"project_name": {"a": "b"}}', "project_name must be text"),
        ('{"auth": "jwt", "auth": "both"}', "'auth' must be answered once"),
        ('{"project_name": "\\ud800"}', "project_name must be one line"),
    ],
)
def test_answers_from_a_form(tmp_path: Path, content: str, said: str) -> None:
    """What a program may send."""
    done = program("--answers", "-", folder=tmp_path, stdin=content)
    assert done.returncode == 2
    assert said in done.stderr and len(done.stderr.splitlines()) == 1
    assert not any(tmp_path.iterdir())


def test_a_wrong_command(tmp_path: Path, cli: Cli) -> None:
    assert program("--wrong", folder=tmp_path).returncode == 2
    assert cli("--wrong").returncode == 2
    assert cli("--no-input", "auth").returncode == 2


def start_copying(output: Path) -> subprocess.Popen[str]:
    """Start the program, and stop it in the middle of what it does."""
    process = subprocess.Popen(
        [BIN / "python", ROOT / "scripts" / "generate.py", "--output", output],
        env={"PATH": os.environ["PATH"], "HOME": str(output.parent)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 60
    while not list(output.parent.rglob("manage.py")):
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.001)
    process.send_signal(signal.SIGSTOP)
    return process


@pytest.fixture
def copying(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """The program, stopped before the project is complete."""
    output = tmp_path / "new" / "output"
    process = start_copying(output)
    # On a busy machine, it can be complete before the first file is noticed.
    while (output / "my_service").exists():
        process.kill()
        process.communicate()
        shutil.rmtree(output.parent)
        process = start_copying(output)
    yield process
    process.kill()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_ended_while_it_copies(
    copying: subprocess.Popen[str], tmp_path: Path, number: signal.Signals
) -> None:
    copying.send_signal(number)
    copying.send_signal(signal.SIGCONT)
    _, printed = copying.communicate(timeout=60)
    assert copying.returncode == 128 + number
    assert "Nothing was generated: interrupted.\n" in printed
    assert not (tmp_path / "new").exists()


def test_the_table_names_these_statuses() -> None:
    rows = re.findall(r"^\| (\d+) \| (.+?) \| (.+?) \|$", DOCUMENT, re.MULTILINE)
    assert [status for status, _, _ in rows] == ["0", "1", "2", "130", "143"]
