"""The parsed files of `deploy/` in a generated project."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import yaml

from tests.tools import run

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Variables:
    """The environment variables that production reads."""

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
        """The resources of Kubernetes, by kind."""
        return {resource["kind"]: resource for resource in kustomize(self.path)}

    @cached_property
    def pods(self) -> dict[str, Any]:
        """The containers of each pod, by the kind of resource that starts it."""
        found = {kind: self.resources[kind]["spec"] for kind in ("Deployment", "Job")}
        found["CronJob"] = self.resources["CronJob"]["spec"]["jobTemplate"]["spec"]
        return {kind: spec["template"]["spec"] for kind, spec in found.items()}

    @cached_property
    def gunicorn(self) -> dict[str, Any]:
        """The limits of gunicorn that are literal values."""
        found = {}
        for node in ast.parse(self.read("deploy/gunicorn.conf.py")).body:
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
                found[ast.unparse(node.targets[0])] = node.value.value
        return found


def kustomize(project: Path, folder: str = "overlays/production") -> list[dict[str, Any]]:
    """Return the manifests that would be applied, as rendered by kustomize."""
    rendered = run("kubectl", "kustomize", f"deploy/kubernetes/{folder}", folder=project)
    return list(yaml.safe_load_all(rendered))
