"""Environment variables: each deployment passes exactly those that production reads."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.conftest import MODELS
from tests.deploy.files import Files
from tests.tools import run

if TYPE_CHECKING:
    from tests.conftest import Baker

NAME = "my-service"


@pytest.fixture(scope="module", params=MODELS)
def files(request: pytest.FixtureRequest, bake: Baker) -> Files:
    return Files(bake(auth=request.param, deployment="both").path)


def assigned(dotenv: str) -> set[str]:
    """Return the names of the variables that a file sets."""
    return set(re.findall(r"^([A-Z_]+)=", dotenv, re.MULTILINE))


def test_the_variables_differ_between_models(bake: Baker) -> None:
    found = {
        auth: Files(bake(auth=auth, deployment="both").path).variables.required for auth in MODELS
    }
    common = found["session"] & found["jwt"]
    assert {"SECRET_KEY", "DATABASE_URL", "REDIS_URL", "EMAIL_URL"} < common
    assert found["session"] - common == {"ADMIN_URL"}
    assert found["jwt"] - common == {"FRONTEND_URL", "JWT_SIGNING_KEYS"}
    assert found["both"] - common == {"ADMIN_URL", "JWT_SIGNING_KEYS"}


def test_the_example_has_every_variable(files: Files) -> None:
    example = files.read(".env.example")
    offered = set(re.findall(r"^# ([A-Z_]+)=$", example, re.MULTILINE))
    assert assigned(example) == files.variables.required
    assert offered == files.variables.optional


def test_the_document_has_every_variable(files: Files) -> None:
    names = ("deployment", "image", "second-factor")
    text = "".join(files.read(f"docs/{name}.md") for name in names)
    rows = re.findall(r"^\| `([A-Z_]+)` \| (.+) \|$", text, re.MULTILINE)
    said_to_be_optional = {name for name, text in rows if "if not set" in text}
    assert {name for name, _ in rows} - said_to_be_optional == files.variables.required
    assert said_to_be_optional - {"WEB_CONCURRENCY", "BIND"} == files.variables.optional


def test_the_build_sets_the_required_variables_and_no_secret(files: Files) -> None:
    dockerfile = files.read("deploy/Dockerfile")
    (step,) = re.findall(r"(?ms)^RUN [^\n]*compileall.*?collectstatic", dockerfile)
    given = dict(re.findall(r"\b([A-Z_]+)=(\S+)", step))
    assert set(given) == files.variables.required
    assert all(
        "$(random)" in value or "build" in value or value == "" for value in given.values()
    ), given
    assert not re.search(r"(?m)^(ARG|ENV) .*(SECRET|KEY|PASSWORD|URL)", dockerfile)


def test_compose_passes_every_variable(files: Files) -> None:
    example = assigned(files.read("deploy/compose/.env.example"))
    read_by_compose = set(
        re.findall(r"(?<!\$)\$\{([A-Z_]+)", files.read("deploy/compose/compose.yaml"))
    )
    assert read_by_compose < example
    for name in ("web-1", "web-2", "migrate", "housekeeping"):
        service = files.compose["services"][name]
        assert service["env_file"] == ".env"
        set_here = set(service["environment"])
        assert not set_here & example
        reaches_django = (example - read_by_compose) | set_here
        assert files.variables.required <= reaches_django
        assert reaches_django <= files.variables.required | files.variables.optional


def test_kubernetes_passes_every_variable(files: Files) -> None:
    settings = set(files.resources["ConfigMap"]["data"])
    commands = re.findall(r"```sh\n(.*?) > \.env\n", files.read("docs/kubernetes.md"), re.DOTALL)
    overlay = files.path / "deploy/kubernetes/overlays/production"
    secrets = assigned(run("/bin/sh", "-c", *commands, folder=overlay))
    assert secrets
    assert not settings & secrets
    assert files.variables.required <= settings | secrets
    assert settings | secrets <= files.variables.required | files.variables.optional
    for pod in files.pods.values():
        assert pod["containers"][0]["envFrom"] == [
            {"configMapRef": {"name": files.resources["ConfigMap"]["metadata"]["name"]}},
            {"secretRef": {"name": f"{NAME}-secrets"}},
        ]


def test_referenced_secrets_are_the_created_ones(files: Files) -> None:
    made = set(re.findall(r"kubectl create secret \w+ (\S+)", files.read("docs/kubernetes.md")))
    named = {
        pod["containers"][0]["envFrom"][1]["secretRef"]["name"] for pod in files.pods.values()
    }
    named |= {tls["secretName"] for tls in files.resources["Ingress"]["spec"]["tls"]}
    assert made == named
