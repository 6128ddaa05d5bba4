"""Other JWT libraries verify access tokens by discovery, and reject refresh tokens."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.environments import uv
from tests.servers.gunicorn import Project
from tests.servers.ports import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import Install

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("verifiers")]

SCRIPTS = Path(__file__).parent / "verifiers"
PYTHON_LIBRARIES = "authlib joserfc pyjwt[crypto] requests"
# What docs/tokens.md says: these take no Ed25519 key.
WITHOUT_EDDSA = {"@fastify/jwt", "express-jwt", "authlib"}


@pytest.fixture(scope="module")
def project(bake_with_venv: Install, tmp_path_factory: pytest.TempPathFactory) -> Project:
    baked, python = bake_with_venv("jwt")
    settings = {"DJANGO_SETTINGS_MODULE": "config.settings.development"}
    copy = baked.copy_to(tmp_path_factory.mktemp("verified"))
    found = Project(copy.path, python, settings)
    found.prepare()
    return found


# `in_projects/attacks/api/test_other_service.py` verifies tokens of every algorithm.
@pytest.fixture(
    params=[
        "ES256",
        *(pytest.param(name, marks=pytest.mark.nightly) for name in ("RS256", "EdDSA")),
    ]
)
def issued(
    request: pytest.FixtureRequest, project: Project
) -> Iterator[tuple[str, str, str, str]]:
    """The algorithm, the issuer, an access token and a refresh token."""
    code = f"from token_auth import keys; print(keys.generate({request.param!r}))"
    command = [str(project.python), "manage.py", "shell", "-v0", "-c", code]
    key = subprocess.run(
        command, cwd=project.path, env=project.environment, check=True, capture_output=True
    ).stdout.decode()
    port = free_port()
    issuer = f"http://127.0.0.1:{port}"
    settings = {"PUBLIC_BASE_URL": issuer, "JWT_SIGNING_KEYS": f"first:{key.split()[-1]}"}
    with project.serve(host="127.0.0.1", port=port, WEB_CONCURRENCY="1", **settings) as node:
        pair = node.sign_in("0@example.com")
        yield request.param, issuer, pair["access"], pair["refresh"]


@pytest.fixture(scope="module")
def with_node(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The command that verifies with libraries for Node.js."""
    if shutil.which("npm") is None:
        pytest.skip("there is no npm")
    folder = tmp_path_factory.mktemp("node")
    for name in ("package.json", "verify.mjs"):
        shutil.copy(SCRIPTS / name, folder)
    words = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"]
    subprocess.run(words, cwd=folder, check=True, timeout=300)
    return ["node", str(folder / "verify.mjs")]


@pytest.fixture(scope="module")
def with_python(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The command that verifies with libraries for Python."""
    venv = tmp_path_factory.mktemp("python") / "venv"
    uv(f"venv --quiet {venv}")
    python = f"{venv}/bin/python"
    uv(f"pip install --quiet --python {python} {PYTHON_LIBRARIES}")
    return [python, str(SCRIPTS / "verify.py")]


def verified(command: list[str], issuer: str, *tokens: str) -> dict[str, list[str]]:
    """Return the verdict of each library on each token."""
    done = subprocess.run(
        [*command, issuer, *tokens], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, list[str]] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize(
    "command", ["with_python", pytest.param("with_node", marks=pytest.mark.nightly)]
)
def test_verifiers_accept_access_tokens_and_refuse_refresh_tokens(
    issued: tuple[str, str, str, str], request: pytest.FixtureRequest, command: str
) -> None:
    """B05, B06, B07."""
    algorithm, issuer, access, refresh = issued
    found = verified(request.getfixturevalue(command), issuer, access, refresh)
    assert len(found) >= 3

    accepting = {name for name, (of_access, _) in found.items() if of_access == "accepted"}
    assert set(found) - accepting == (
        WITHOUT_EDDSA & set(found) if algorithm == "EdDSA" else set()
    ), found
    assert all(of_refresh != "accepted" for _, of_refresh in found.values()), found
