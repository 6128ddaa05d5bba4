"""What the files of `deploy/` say to each other and to the settings is the same thing."""

from __future__ import annotations

import ast
import re
import tomllib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.conftest import MODELS
from tests.test_deployment_validators import kustomize

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Baker

NAME = "my-service"
MIGRATE = ["python", "manage.py", "migrate", "--noinput"]
HOUSEKEEPING = ["python", "manage.py", "clean_up"]


@dataclass(frozen=True)
class Variables:
    """What production asks of its environment."""

    required: set[str]
    optional: set[str]

    @classmethod
    def of(cls, source: str) -> Variables:
        """Read the calls `env.str("NAME")`; those with a default may stay unset."""
        required: set[str] = set()
        optional: set[str] = set()
        for node in ast.walk(ast.parse(source)):
            if not (isinstance(node, ast.Call) and ast.unparse(node.func).startswith("env.")):
                continue
            name = ast.literal_eval(node.args[0])
            has_default = len(node.args) > 1 or any(
                word.arg == "default" for word in node.keywords
            )
            (optional if has_default else required).add(name)
        return cls(required, optional)


class Files:
    """The files of one generated project."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self, name: str) -> str:
        return (self.path / name).read_text("utf-8")

    @cached_property
    def variables(self) -> Variables:
        return Variables.of(self.read("config/settings/production.py"))

    @cached_property
    def compose(self) -> dict[str, Any]:
        return yaml.safe_load(self.read("deploy/compose/compose.yaml"))  # type: ignore[no-any-return]

    @cached_property
    def resources(self) -> dict[str, Any]:
        """What Kubernetes gets, by its kind."""
        return {resource["kind"]: resource for resource in kustomize(self.path)}

    @cached_property
    def pods(self) -> dict[str, Any]:
        """What is in each pod, by the kind that starts it."""
        found = {kind: self.resources[kind]["spec"] for kind in ("Deployment", "Job")}
        found["CronJob"] = self.resources["CronJob"]["spec"]["jobTemplate"]["spec"]
        return {kind: spec["template"]["spec"] for kind, spec in found.items()}

    @cached_property
    def gunicorn(self) -> dict[str, Any]:
        """The limits of gunicorn that are written down as they are."""
        found = {}
        for node in ast.parse(self.read("deploy/gunicorn.conf.py")).body:
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
                found[ast.unparse(node.targets[0])] = node.value.value
        return found


@pytest.fixture(scope="module", params=MODELS)
def files(request: pytest.FixtureRequest, bake: Baker) -> Files:
    return Files(bake(auth=request.param, deployment="both").path)


def assigned(dotenv: str) -> set[str]:
    """Return the names that a file of variables sets."""
    return set(re.findall(r"^([A-Z_]+)=", dotenv, re.MULTILINE))


def seconds(duration: str) -> int:
    assert duration.endswith("s")
    return int(duration[:-1])


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
    rows = re.findall(
        r"^\| `([A-Z_]+)` \| (.+) \|$", files.read("docs/deployment.md"), re.MULTILINE
    )
    said_to_be_optional = {name for name, text in rows if "if not set" in text}
    assert {name for name, _ in rows} - said_to_be_optional == files.variables.required
    assert said_to_be_optional - {"WEB_CONCURRENCY"} == files.variables.optional


def test_the_build_gives_what_the_settings_need_and_no_secret(files: Files) -> None:
    dockerfile = files.read("deploy/Dockerfile")
    (step,) = re.findall(r"(?ms)^RUN [^\n]*compileall.*?collectstatic", dockerfile)
    given = dict(re.findall(r"\b([A-Z_]+)=(\S+)", step))
    assert set(given) == files.variables.required
    assert all(
        "$(random)" in value or "build" in value or value == "" for value in given.values()
    ), given
    assert not re.search(r"(?m)^(ARG|ENV) .*(SECRET|KEY|PASSWORD|URL)", dockerfile)


def test_compose_hands_over_every_variable(files: Files) -> None:
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


def test_kubernetes_hands_over_every_variable(files: Files) -> None:
    settings = set(files.resources["ConfigMap"]["data"])
    section = files.read("docs/deployment.md").partition("\n## Kubernetes")[2]
    listed = re.search(r"delete it\s+again:\s+((?:`[A-Z_]+`[,.]\s)+)", section)
    assert listed
    secrets = set(re.findall(r"`([A-Z_]+)`", listed[1]))
    assert not settings & secrets
    assert files.variables.required <= settings | secrets
    assert settings | secrets <= files.variables.required | files.variables.optional
    for pod in files.pods.values():
        assert pod["containers"][0]["envFrom"] == [
            {"configMapRef": {"name": files.resources["ConfigMap"]["metadata"]["name"]}},
            {"secretRef": {"name": f"{NAME}-secrets"}},
        ]


def test_the_secrets_that_are_named_are_those_that_are_made(files: Files) -> None:
    made = set(re.findall(r"kubectl create secret \w+ (\S+)", files.read("docs/deployment.md")))
    named = {
        pod["containers"][0]["envFrom"][1]["secretRef"]["name"] for pod in files.pods.values()
    }
    named |= {tls["secretName"] for tls in files.resources["Ingress"]["spec"]["tls"]}
    assert made == named


def test_one_port(files: Files) -> None:
    dockerfile = files.read("deploy/Dockerfile")
    (exposed,) = re.findall(r"^EXPOSE (\d+)$", dockerfile, re.MULTILINE)
    assert re.findall(r'"0\.0\.0\.0:(\d+)"', dockerfile) == [exposed]
    assert f'HTTPConnection("127.0.0.1", {exposed},' in files.read("deploy/healthcheck.py")
    nginx = files.read("deploy/compose/nginx.conf")
    assert re.findall(r"server (\S+):(\d+)", nginx) == [("web-1", exposed), ("web-2", exposed)]
    (port,) = files.pods["Deployment"]["containers"][0]["ports"]
    assert port == {"name": "http", "containerPort": int(exposed)}
    (served,) = files.resources["Service"]["spec"]["ports"]
    (path,) = files.resources["Ingress"]["spec"]["rules"][0]["http"]["paths"]
    (allowed,) = files.resources["NetworkPolicy"]["spec"]["ingress"][0]["ports"]
    assert served["targetPort"] == path["backend"]["service"]["port"]["name"] == "http"
    assert allowed == {"port": "http"}
    published = {port.split(":")[1] for port in files.compose["services"]["proxy"]["ports"]}
    assert published == set(re.findall(r"listen (\d+)", nginx))


def test_one_user_without_rights(files: Files) -> None:
    (uid,) = re.findall(r"^USER (\d+):\1$", files.read("deploy/Dockerfile"), re.MULTILINE)
    assert f"--uid {uid}" in files.read("deploy/Dockerfile")
    for pod in files.pods.values():
        security = pod["securityContext"]
        assert (security["runAsUser"], security["runAsGroup"]) == (int(uid), int(uid))
        assert security["runAsNonRoot"]
        assert pod["containers"][0]["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
    for name, service in files.compose["services"].items():
        assert service["security_opt"] == ["no-new-privileges:true"], name
        if name != "database":  # it becomes the owner of its files, which takes rights
            assert service["read_only"] is True, name
            assert service["cap_drop"] == ["ALL"], name
            assert service["tmpfs"] == ["/tmp"], name


def test_health_is_asked_where_it_is_answered(files: Files) -> None:
    answered = {
        f"/health/{path}"
        for path in re.findall(r'path\("(\w+/)"', files.read("accounts/health/urls.py"))
    }
    web = files.pods["Deployment"]["containers"][0]
    asked = {
        probe: web[f"{probe}Probe"]["httpGet"] for probe in ("startup", "liveness", "readiness")
    }
    assert {probe: get["path"] for probe, get in asked.items()} == {
        "startup": "/health/live/",
        "liveness": "/health/live/",
        "readiness": "/health/ready/",
    }
    assert {get["path"] for get in asked.values()} <= answered
    assert '"GET", "/health/live/"' in files.read("deploy/healthcheck.py")
    hosts = files.resources["ConfigMap"]["data"]["ALLOWED_HOSTS"].split(",")
    for get in asked.values():
        assert get["port"] == "http"
        assert get["httpHeaders"] == [{"name": "Host", "value": hosts[0]}]


def test_nothing_is_killed_while_it_finishes(files: Files) -> None:
    graceful = files.gunicorn["graceful_timeout"]
    web = files.pods["Deployment"]["containers"][0]
    before = web["lifecycle"]["preStop"]["sleep"]["seconds"]
    assert files.pods["Deployment"]["terminationGracePeriodSeconds"] > before + graceful
    for name in ("web-1", "web-2"):
        assert seconds(files.compose["services"][name]["stop_grace_period"]) > graceful
    # The proxy waits longer for an answer than gunicorn lets one take.
    (patience,) = re.findall(r"proxy_read_timeout (\w+);", files.read("deploy/compose/nginx.conf"))
    assert seconds(patience) > files.gunicorn["timeout"]


def test_tasks_are_the_same_everywhere(files: Files) -> None:
    services = files.compose["services"]
    assert services["migrate"]["command"] == MIGRATE
    assert files.pods["Job"]["containers"][0]["command"] == MIGRATE
    assert services["housekeeping"]["command"] == HOUSEKEEPING
    assert files.pods["CronJob"]["containers"][0]["command"] == HOUSEKEEPING
    for name in ("web-1", "web-2"):
        assert "command" not in services[name]
        assert services[name]["depends_on"]["migrate"] == {
            "condition": "service_completed_successfully"
        }
    assert "command" not in files.pods["Deployment"]["containers"][0]


def test_one_image_and_one_version(files: Files) -> None:
    version = tomllib.loads(files.read("pyproject.toml"))["project"]["version"]
    example = files.read("deploy/compose/.env.example")
    assert f"\nVERSION={version}\n" in example
    assert files.compose["services"]["web-1"]["image"].startswith(f"{NAME}:${{VERSION")
    assert {pod["containers"][0]["image"] for pod in files.pods.values()} == {f"{NAME}:{version}"}
    assert f"--tag {NAME}:{version} ." in files.read("docs/deployment.md")


def test_connections_are_counted_as_they_are(files: Files) -> None:
    (pool,) = re.findall(r'"max_size": (\d+)', files.read("config/settings/production.py"))
    (workers,) = re.findall(r'"WEB_CONCURRENCY", "(\d+)"', files.read("deploy/gunicorn.conf.py"))
    autoscaler = files.read("deploy/kubernetes/base/horizontalpodautoscaler.yaml")
    document = " ".join(files.read("docs/deployment.md").split())
    assert f"up to {int(pool) * int(workers)} database connections" in autoscaler
    assert f"{files.gunicorn['threads']} threads and up to {pool} connections" in document
    assert f"{workers} if not set" in document


def test_the_cluster_selects_what_there_is(files: Files) -> None:
    labels = files.resources["Deployment"]["spec"]["template"]["metadata"]["labels"]
    for selector in (
        files.resources["Deployment"]["spec"]["selector"]["matchLabels"],
        files.resources["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"],
        files.resources["Service"]["spec"]["selector"],
    ):
        assert selector.items() <= labels.items()
    everywhere = files.resources["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"]
    for kind in ("Deployment", "Job"):
        pod = files.resources[kind]["spec"]["template"]["metadata"]["labels"]
        assert everywhere.items() <= pod.items()
    target = files.resources["HorizontalPodAutoscaler"]["spec"]["scaleTargetRef"]
    assert target == {"apiVersion": "apps/v1", "kind": "Deployment", "name": NAME}
    assert "replicas" not in files.resources["Deployment"]["spec"]


def test_what_is_applied_before_the_migration_suffices_for_it(files: Files) -> None:
    (first,) = re.findall(r"component in \(([\w, ]+)\)", files.read("docs/deployment.md"))
    chosen = {
        kind
        for kind, resource in files.resources.items()
        if resource["metadata"]["labels"]["app.kubernetes.io/component"] in first.split(", ")
    }
    assert chosen == {"ConfigMap", "Job", "Namespace", "NetworkPolicy", "ServiceAccount"}
