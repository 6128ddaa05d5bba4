"""The environment of pods."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.deploy.files import Files

if TYPE_CHECKING:
    from tests.conftest import Baker


def test_services_in_the_namespace_set_no_variables(bake: Baker) -> None:
    """A service called `metrics` would set METRICS_PORT to a URL, and no pod would start."""
    pods = Files(bake(auth="both", deployment="kubernetes").path).pods

    assert {kind: pod["enableServiceLinks"] for kind, pod in pods.items()} == dict.fromkeys(
        ("CronJob", "Deployment", "Job"), False
    )
