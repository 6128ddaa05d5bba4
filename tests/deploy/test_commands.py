"""Commands of the deployment documents: each is run by a test, or documented as not run."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from tests.conftest import MODELS
from tests.servers.certificates import make_certificate
from tests.tools import run

if TYPE_CHECKING:
    from tests.conftest import Bake, Baker

DOCUMENTS = ("image", "compose", "kubernetes")
COMMAND = re.compile(r"(cd|docker|kubectl|pip|python|python3|uv) \S")
NOT_RUN = re.compile(r"Not run in our tests[^:]*:(.+?)\.(?=\s|$)", re.DOTALL)
CONTAINER, HERE = "container/test_container.py", "test_commands.py"

# The test that runs each command. Tools that need no daemon replace Docker.
COVERED = {
    "docker build --file deploy/Dockerfile --tag my-service:0.1.0 .": (CONTAINER, "deployment"),
    "python manage.py migrate": (CONTAINER, "deployment"),
    "cd deploy/compose && cp .env.example .env && chmod 600 .env": (CONTAINER, "deployment"),
    "docker compose build web-1": (CONTAINER, "deployment"),
    "docker compose run --rm migrate python manage.py createsuperuser": (CONTAINER, "deployment"),
    "docker compose run --rm migrate": (CONTAINER, "deployment"),
    "docker compose exec proxy nginx -s reload": (CONTAINER, "test_a_new_version"),
    "docker compose run --rm housekeeping": (CONTAINER, "test_housekeeping"),
    "kubectl create secret generic my-service-secrets --from-env-file .env": (
        HERE,
        "test_the_secrets_can_be_created",
    ),
    "kubectl create secret tls my-service-tls --cert fullchain.pem --key privkey.pem": (
        HERE,
        "test_the_secrets_can_be_created",
    ),
    "kubectl kustomize .": ("test_validators.py", "test_kubernetes"),
}


@pytest.fixture(params=MODELS)
def baked(request: pytest.FixtureRequest, bake: Baker) -> Bake:
    return bake(auth=request.param, deployment="both")


def documents(baked: Bake) -> dict[str, str]:
    return {name: (baked.path / "docs" / f"{name}.md").read_text("utf-8") for name in DOCUMENTS}


def spans(text: str) -> list[str]:
    """Return the text of each code span, on one line."""
    prose = re.sub(r"^ *```.*?^ *```$", "", text, flags=re.DOTALL | re.MULTILINE)
    return [" ".join(span.split()) for span in re.findall(r"`([^`]+)`", prose)]


def commands(text: str) -> list[str]:
    blocks = re.findall(r"^ *```sh\n(.*?)^ *```$", text, re.DOTALL | re.MULTILINE)
    lines = [line.strip() for block in blocks for line in block.splitlines()]
    return [line for line in [*lines, *spans(text)] if COMMAND.match(line)]


def test_each_command_is_covered_or_documented_as_not_run(baked: Bake) -> None:
    seen = set()
    for name, text in documents(baked).items():
        named = [span for sentence in NOT_RUN.findall(text) for span in spans(sentence)]
        for sentence in NOT_RUN.findall(text):
            if "this command" in sentence:
                (before,) = re.findall(r"```sh\n([^`]+)\n```\s+Not run in our tests: this", text)
                named.append(before)
        assert name == "image" or named
        for command in commands(text):
            is_named = any(
                command.startswith(prefix) or f" {prefix} " in command for prefix in named
            )
            assert (command in COVERED) != is_named, (name, command)
            seen.add(command)
    assert set(COVERED) <= seen


def test_covering_tests_exist() -> None:
    for file, name in set(COVERED.values()):
        source = (Path(__file__).parent / file).read_text("utf-8")
        assert f"def {name}(" in source, (file, name)


def test_the_secrets_can_be_created(baked: Bake, tmp_path: Path) -> None:
    folder = make_certificate(tmp_path / "production", "example.com")[0].parent
    (folder / ".env").write_text("SECRET_KEY=abc\nDATABASE_URL=postgres://a:b@c/d\n")
    made = {}
    for command in commands(documents(baked)["kubernetes"]):
        if command.startswith("kubectl create"):
            words = shlex.split(command)
            printed = run(*words, "--dry-run=client", "--output=yaml", folder=folder)
            secret = yaml.safe_load(printed)
            made[secret["metadata"]["name"]] = set(secret["data"])
    assert made == {
        "my-service-secrets": {"SECRET_KEY", "DATABASE_URL"},
        "my-service-tls": {"tls.crt", "tls.key"},
    }
