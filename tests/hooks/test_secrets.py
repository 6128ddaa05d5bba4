"""Generated secrets: new for each project, private, and in one file only."""

from __future__ import annotations

import os
import stat
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.conftest import MODELS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import ModuleType

    from tests.conftest import Baker

    Cli = Callable[..., subprocess.CompletedProcess[str]]


def secrets_of(path: Path) -> dict[str, str]:
    lines = (path / ".env").read_text("utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if not line.startswith("#"))


@pytest.mark.parametrize("auth", MODELS)
def test_dotenv_has_the_secrets_of_the_model(bake: Baker, auth: str) -> None:
    found = secrets_of(bake(auth=auth).path)
    names = {"SECRET_KEY"} if auth == "session" else {"SECRET_KEY", "JWT_SIGNING_KEYS"}
    assert set(found) == names
    for value in found.values():
        assert value.startswith("development-")
        assert len(value) >= 80
        assert set(value) <= set(
            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_:"
        )


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_dotenv_is_private_under_any_umask(cli: Cli, tmp_path: Path, umask: int) -> None:
    assert cli("--no-input", "-o", str(tmp_path / "output"), umask=umask).returncode == 0
    mode = (tmp_path / "output" / "my_service" / ".env").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


def test_secrets_are_unique_and_not_recorded(cli: Cli, tmp_path: Path) -> None:
    runs = [cli("--no-input", "-o", str(tmp_path / name), "auth=both") for name in ("one", "two")]
    first, second = (secrets_of(tmp_path / name / "my_service") for name in ("one", "two"))
    assert set(first.values()).isdisjoint(second.values())
    remembered = "".join(
        path.read_text("utf-8") for path in (tmp_path / "home").rglob("*") if path.is_file()
    )
    printed = "".join(run.stdout + run.stderr for run in runs)
    for secret in [*first.values(), *second.values()]:
        assert secret not in remembered + printed


def test_all_else_is_the_same_in_two_projects(cli: Cli, tmp_path: Path) -> None:
    for name in ("one", "two"):
        assert cli("--no-input", "-o", str(tmp_path / name), "auth=both").returncode == 0
    one, two = tmp_path / "one", tmp_path / "two"
    files = [path.relative_to(one) for path in one.rglob("*") if path.is_file()]
    assert files
    for path in files:
        if path.name != ".env":
            assert (one / path).read_bytes() == (two / path).read_bytes(), path


@pytest.mark.parametrize("auth", MODELS)
def test_git_stages_no_secret(bake: Baker, tmp_path: Path, auth: str) -> None:
    project = bake(auth=auth).path
    environment = {"PATH": os.environ["PATH"], "GIT_DIR": str(tmp_path / "git")}
    for words in (["init", "--quiet"], ["--work-tree", ".", "add", "-A"]):
        subprocess.run(["git", *words], cwd=project, env=environment, check=True)
    staged = subprocess.run(
        ["git", "ls-files"],
        cwd=project,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.splitlines()
    assert "manage.py" in staged
    assert ".env" not in staged
    values = secrets_of(project).values()
    for name in staged:
        content = (project / name).read_bytes().decode("utf-8", "ignore")
        assert not any(value in content for value in values), name


def test_the_random_source_is_the_systems(template: Path) -> None:
    source = (template / "hooks" / "post_gen_project.py").read_text("utf-8")
    assert "import secrets" in source
    assert "import random" not in source
    assert "random_ascii_string" not in (template / "cookiecutter.json").read_text("utf-8")


def test_no_files_remain_without_a_random_source(
    load_hook: Callable[..., ModuleType], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:

    def missing(_: int) -> str:
        raise NotImplementedError("there is no source of randomness")

    project = tmp_path / "project"
    project.mkdir()
    (project / "manage.py").touch()
    monkeypatch.chdir(project)
    hook = load_hook("post_gen_project")
    monkeypatch.setattr(hook.secrets, "token_urlsafe", missing)
    with pytest.raises(SystemExit, match="Nothing was generated: there is no source"):
        hook.main()
    assert not any(project.iterdir())


def test_no_image_holds_a_secret(bake: Baker) -> None:
    ignored = (bake(auth="both").path / ".dockerignore").read_text("utf-8").splitlines()
    assert ".env" in ignored or ".env*" in ignored or "**/.env" in ignored


def test_the_prompt_names_the_model(cli: Cli, tmp_path: Path) -> None:
    for auth in MODELS:
        done = cli("--no-input", "-o", str(tmp_path / auth), f"auth={auth}")
        assert f"(auth={auth}, " in done.stdout


@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
def test_odd_places(cli: Cli, tmp_path: Path, locale: str) -> None:
    output = tmp_path / "pa th" / "quo'te" / "ünï"
    done = cli("--no-input", "-o", str(output), env={"LANG": locale, "LC_ALL": locale})
    assert done.returncode == 0, done.stderr
    assert (output / "my_service" / ".env").exists()
