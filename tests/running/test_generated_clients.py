"""Clients generated from the OpenAPI description accompany a user from sign-up to sign-out."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.environments import interpreter, uv
from tests.servers.development import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import Install
    from tests.servers.development import Service

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("generated-clients")]

HERE = Path(__file__).parent
SCRIPTS = HERE / "generated_clients"
# Exact types of TypeScript, and every problem is an error.
TSC = (
    *("--strict", "--exactOptionalPropertyTypes", "--noUncheckedIndexedAccess"),
    *("--target", "es2022", "--module", "nodenext", "--types", "node", "--skipLibCheck"),
)
LINKS = {"jwt": r"#token=(\S+)", "both": r"verify-email/([^/\s]+)/"}


@pytest.fixture(scope="module", params=["both", pytest.param("jwt", marks=pytest.mark.nightly)])
def model(request: pytest.FixtureRequest) -> str:
    """The model; the API of both has all endpoints of the other one."""
    return str(request.param)


@pytest.fixture(scope="module")
def service(
    model: str, bake_with_venv: Install, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    with serving(bake_with_venv, tmp_path_factory.mktemp("service")) as start:
        yield start(model)


@pytest.fixture(scope="module")
def description(service: Service, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The OpenAPI description, made as docs/api.md says."""
    path = tmp_path_factory.mktemp("description") / "openapi.json"
    service.manage("spectacular", "--format", "openapi-json", "--file", str(path))
    return path


@pytest.fixture(scope="module")
def node_tools(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the packages for TypeScript."""
    if shutil.which("npm") is None:
        pytest.skip("there is no npm")
    folder = tmp_path_factory.mktemp("typescript")
    shutil.copy(SCRIPTS / "package.json", folder)
    words = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"]
    subprocess.run(words, cwd=folder, check=True, timeout=300)
    return folder


def run(folder: Path, *words: str | Path, path: Path | None = None) -> None:
    """Run a tool, which must find no problem."""
    done = subprocess.run(
        words,
        cwd=folder,
        env={"PATH": os.pathsep.join(map(str, filter(None, [path, os.environ["PATH"]])))},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def travel(service: Service, model: str, email: str, *command: str | Path) -> None:
    """Run a client that signs up, and hand it the link of the email."""
    with subprocess.Popen(
        [*command, service.url, email],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        link = ""
        if process.stdout.readline() == "registered\n":
            link = service.mailbox.newest(LINKS[model])[1]
        _, errors = process.communicate(f"{link}\n", timeout=300)
    assert (process.returncode, errors) == (0, "")


def test_python_client_accompanies_a_user(
    service: Service, model: str, description: Path, tmp_path: Path
) -> None:
    uv(f"venv --quiet {tmp_path / 'venv'}")
    python = interpreter(tmp_path / "venv")
    uv(f"pip install --quiet --python {python} openapi-python-client>=0.29")
    # The journey imports it from its own folder.
    shutil.copy(SCRIPTS / "journey.py", tmp_path)
    words = ["generate", "--meta", "none", "--output-path", "api_client", "--fail-on-warning"]
    generator = python.with_name("openapi-python-client")
    run(tmp_path, generator, *words, "--path", description, path=python.parent)

    travel(service, model, "python@example.com", python, tmp_path / "journey.py")


def test_typescript_client_accompanies_a_user(
    service: Service, model: str, description: Path, node_tools: Path
) -> None:
    tools = node_tools / "node_modules/.bin"
    shutil.copy(SCRIPTS / "journey.ts", node_tools)
    run(node_tools, tools / "openapi-typescript", description, "--output", "schema.d.ts")
    run(node_tools, tools / "tsc", *TSC, "journey.ts")

    travel(service, model, "typescript@example.com", "node", node_tools / "journey.js")
