"""Consistency of the files in `deploy/`."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING

import pytest

from tests.conftest import MODELS
from tests.deploy.files import Files

if TYPE_CHECKING:
    from tests.conftest import Baker

NAME = "my-service"
MIGRATE = ["python", "manage.py", "migrate", "--noinput"]
HOUSEKEEPING = ["python", "manage.py", "clean_up"]


@pytest.fixture(scope="module", params=MODELS)
def files(request: pytest.FixtureRequest, bake: Baker) -> Files:
    return Files(bake(auth=request.param, deployment="both").path)


def seconds(duration: str) -> int:
    assert duration.endswith("s")
    return int(duration[:-1])


def test_one_port(files: Files) -> None:
    dockerfile = files.read("deploy/Dockerfile")
    (exposed,) = re.findall(r"^EXPOSE (\d+)$", dockerfile, re.MULTILINE)
    for reader in ("deploy/gunicorn.conf.py", "deploy/healthcheck.py"):
        assert f'os.environ.get("BIND") or "0.0.0.0:{exposed}"' in files.read(reader)
    nginx = files.read("deploy/compose/nginx.conf")
    found = {*re.findall(r"server (\S+):(\d+)", nginx)}
    assert found == {("web-1", exposed), ("web-2", exposed)}
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
        for path in re.findall(r'path\("(\w+/)"', files.read("monitoring/health/urls.py"))
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
    for get in asked.values():
        assert get["port"] == "http"
        assert "httpHeaders" not in get


def test_nothing_is_killed_while_it_finishes(files: Files) -> None:
    graceful = files.gunicorn["graceful_timeout"]
    web = files.pods["Deployment"]["containers"][0]
    before = web["lifecycle"]["preStop"]["sleep"]["seconds"]
    assert files.pods["Deployment"]["terminationGracePeriodSeconds"] > before + graceful
    for name in ("web-1", "web-2"):
        assert seconds(files.compose["services"][name]["stop_grace_period"]) > graceful
    # The proxy waits longer for a response than the timeout of gunicorn.
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
    assert f"--tag {NAME}:{version} ." in files.read("docs/image.md")


def test_connections_are_counted_as_they_are(files: Files) -> None:
    (pool,) = re.findall(r'"max_size": (\d+)', files.read("config/settings/environment.py"))
    (workers,) = re.findall(r'"WEB_CONCURRENCY"\) or (\d+)', files.read("deploy/gunicorn.conf.py"))
    autoscaler = files.read("deploy/kubernetes/base/horizontalpodautoscaler.yaml")
    document = " ".join(files.read("docs/image.md").split())
    assert f"up to {int(pool) * int(workers)} database connections" in autoscaler
    assert f"{files.gunicorn['threads']} threads and up to {pool} connections" in document
    assert f"{workers} if not set" in document


def test_selectors_match_the_pods(files: Files) -> None:
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


def test_the_migration_needs_only_what_is_applied_before(files: Files) -> None:
    (first,) = re.findall(r"component in \(([\w, ]+)\)", files.read("docs/kubernetes.md"))
    chosen = {
        kind
        for kind, resource in files.resources.items()
        if resource["metadata"]["labels"]["app.kubernetes.io/component"] in first.split(", ")
    }
    assert chosen == {"ConfigMap", "Job", "Namespace", "NetworkPolicy", "ServiceAccount"}
