"""Validators for Compose files, Kubernetes manifests and Dockerfiles, run on `deploy/`."""

from __future__ import annotations

import filecmp
import json
import re
import shutil
from typing import TYPE_CHECKING

import pytest
import yaml

from tests.conftest import MODELS
from tests.deploy.files import kustomize
from tests.environments import UV
from tests.tools import run

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Bake, Baker

# Kubernetes versions whose schemas the manifests must match: the oldest supported version, and the
# newest one that the validator contains.
KUBERNETES = ("1.33", "1.37")
YAML_STYLE = json.dumps(
    {
        "extends": "default",
        "rules": {
            "comments": {"min-spaces-from-content": 1},
            "document-start": "disable",
            "line-length": {"max": 99},
            # GitHub has a key that is called "on".
            "truthy": {"check-keys": False},
        },
    }
)


@pytest.fixture(params=MODELS)
def baked(request: pytest.FixtureRequest, bake: Baker) -> Bake:
    return bake(auth=request.param, deployment="both")


@pytest.mark.parametrize("deployment", ["compose", "kubernetes"])
@pytest.mark.parametrize("auth", MODELS)
def test_each_answer_has_the_files_that_are_validated(
    bake: Baker, auth: str, deployment: str
) -> None:
    some, every = bake(auth=auth, deployment=deployment), bake(auth=auth, deployment="both")
    names = [name for name in some.files() if name.startswith("deploy/")]
    assert len(names) > 5
    assert filecmp.cmpfiles(some.path, every.path, names, shallow=False) == (names, [], [])


def test_dockerfile(baked: Bake) -> None:
    run("hadolint", "deploy/Dockerfile", folder=baked.path)


def test_compose(baked: Bake) -> None:
    files = sorted((baked.path / "deploy" / "compose").glob("compose*.yaml"))
    assert len(files) == 2
    run(
        *("check-jsonschema", "--builtin-schema", "vendor.compose-spec", *files),
        folder=baked.path,
    )


def test_yaml(baked: Bake) -> None:
    run("yamllint", "--strict", "-d", YAML_STYLE, "deploy", ".github", folder=baked.path)


@pytest.mark.parametrize("version", KUBERNETES)
def test_kubernetes(baked: Bake, version: str, tmp_path: Path) -> None:
    resources = kustomize(baked.path)
    manifest = tmp_path / "manifest.yaml"
    manifest.write_text(yaml.safe_dump_all(resources))
    run(
        *("kubernetes-validate", "--strict", "--no-warn", "-k", version, manifest),
        folder=baked.path,
    )
    assert sorted(resource["kind"] for resource in resources) == sorted(
        [
            *("ConfigMap", "CronJob", "Deployment", "HorizontalPodAutoscaler", "Ingress", "Job"),
            *("Namespace", "NetworkPolicy", "PodDisruptionBudget", "Service", "ServiceAccount"),
        ]
    )


def test_metrics_can_be_fetched_in_a_cluster(baked: Bake, tmp_path: Path) -> None:
    """The documented network policy admits Prometheus to the web pods, and nothing else."""
    copy = baked.copy_to(tmp_path).path
    before = kustomize(copy)
    document = (copy / "docs" / "kubernetes.md").read_text()
    (policy,) = re.findall("```yaml\n(.*?)```", document, re.DOTALL)
    overlay = copy / "deploy" / "kubernetes" / "overlays" / "production"
    (overlay / "metrics.yaml").write_text(policy)
    rules = overlay / "kustomization.yaml"
    rules.write_text(
        rules.read_text()
        .replace("  - namespace.yaml", "  - namespace.yaml\n  - metrics.yaml")
        .replace("    literals:", "    literals:\n      - METRICS_PORT=9000")
    )

    after = kustomize(copy)
    (copy / "manifest.yaml").write_text(yaml.safe_dump_all(after))
    run("kubernetes-validate", "--strict", "--no-warn", "manifest.yaml", folder=copy)

    # As the document says, neither Prometheus comes in by itself nor do reports to Sentry go out.
    (ours,) = [found["spec"] for found in before if found["kind"] == "NetworkPolicy"]
    assert [rule["ports"] for rule in ours["ingress"]] == [[{"port": "http"}]]
    assert 443 not in [port["port"] for rule in ours["egress"] for port in rule["ports"]]
    assert len(after) == len(before) + 1
    (added,) = [found for found in after if found["metadata"]["name"].endswith("-metrics")]
    (deployment,) = [found for found in after if found["kind"] == "Deployment"]
    (settings,) = [found for found in after if found["kind"] == "ConfigMap"]
    labels = deployment["spec"]["template"]["metadata"]["labels"]
    assert added["spec"]["podSelector"]["matchLabels"].items() <= labels.items()
    (rule,) = added["spec"]["ingress"]
    assert [{"port": int(settings["data"]["METRICS_PORT"])}] == rule["ports"]


@pytest.mark.slow
@pytest.mark.nightly
def test_checkov(bake: Baker, tmp_path: Path) -> None:
    """One run for all models, because starting takes longer than checking."""
    for auth in MODELS:
        project, copy = bake(auth=auth, deployment="both").path, tmp_path / auth
        copy.mkdir()
        (copy / "manifest.yaml").write_text(yaml.safe_dump_all(kustomize(project)))
        shutil.copy(project / "deploy" / "Dockerfile", copy)
        shutil.copytree(project / ".github", copy / ".github")
    frameworks = ("kubernetes", "dockerfile", "github_actions")
    printed = run(
        *(UV, "tool", "run", "--isolated", "--from", "checkov>=3.3", "checkov"),
        *("--skip-download", "--quiet", "--compact", "--output", "json"),
        *("--framework", *frameworks, "--directory", tmp_path),
        folder=tmp_path,
    )
    summaries = {found["check_type"]: found["summary"] for found in json.loads(printed)}
    assert set(summaries) == set(frameworks)
    assert all(found["passed"] > 30 for found in summaries.values())
    # The two that have a reason, next to each of the three pods of each model.
    assert summaries["kubernetes"]["skipped"] == 2 * 3 * len(MODELS)
