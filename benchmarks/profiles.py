"""Profiles: how much of the time of a request or a start each package takes."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from benchmarks.ours import MODELS
from benchmarks.variants import OURS, PEERS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.nodes import Laboratory
    from benchmarks.variants import Variant

KINDS = {
    ("ours jwt", "GET"): "api /api/hello/",
    ("ours session", "page"): "page /page/hello/",
    ("ours jwt", "refresh"): "api refresh",
    ("ours jwt", "sign-in"): "api sign_in",
    ("ours session", "sign-in"): "page sign_in",
}
OURSELVES = "this template"
STARTS = ("simplejwt", "ours jwt", "ours session", "ours both")
# A line that `python -X importtime` writes: microseconds of the module, and with its imports.
IMPORT = re.compile(r"^import time:\s+(\d+) \|\s+\d+ \|\s+(\S+)$", re.MULTILINE)
PACKAGES = ("accounts", "config", "monitoring", "session_auth", "token_auth", "web")

# Prints the KiB by which a process grows with each of the modules that are its arguments, and then
# with all that the project itself loads.
GROW = """
import importlib, json, re, sys
from contextlib import suppress
from pathlib import Path

def size():
    return int(re.search(r"Rss:\\s+(\\d+)", Path("/proc/self/smaps_rollup").read_text())[1])

found, before = {}, size()
for name in sys.argv[1:]:
    with suppress(Exception):
        importlib.import_module(name)
    after = size()
    found[name] = after - before
    before = after
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver
get_wsgi_application()
get_resolver().url_patterns
found["models, views and URLs"] = size() - before
print(json.dumps(found))
"""


def measure(
    laboratory: Laboratory, names: Sequence[str] = STARTS, requests: int = 200, starts: int = 5
) -> dict[str, Any]:
    """Return the share of each package, in percent, and the milliseconds of each in a start.

    Args:
        laboratory: the servers and projects.
        names: the variants that are started.
        requests: how many requests of each kind are profiled.
        starts: how often each variant is started.
    """
    variants = {each.name: each for each in [*PEERS, *OURS]}
    shares: dict[str, dict[str, float]] = {}
    for (name, what), kind in KINDS.items():
        if name not in names:
            continue
        with laboratory.node(variants[name]) as node:
            node.do("without_hash")
            node.do("round", kind=kind, number=20)
            seconds = node.do("profile", kind=kind, number=requests)
        total = sum(seconds.values())
        by_package = grouped({package: 100 * each / total for package, each in seconds.items()})
        shares[f"{name.removeprefix('ours ')}, {what}"] = by_package
    begun = {name: imports(laboratory, variants[name], starts) for name in names}
    return {
        "requests": shares,
        "starts": {name: grouped(found) for name, (found, _) in begun.items()},
        "memory_mib": {
            name: memory(laboratory, variants[name], modules)
            for name, (_, modules) in begun.items()
        },
    }


def imports(
    laboratory: Laboratory, variant: Variant, starts: int
) -> tuple[dict[str, float], list[str]]:
    """Return the milliseconds that each package takes in the best run, and all modules."""
    best: dict[str, float] = {}
    modules: list[str] = []
    statement = "from django.core.wsgi import get_wsgi_application; get_wsgi_application()"
    for _ in range(starts):
        done = subprocess.run(
            [laboratory.python, "-X", "importtime", "-c", statement],
            cwd=laboratory.projects[variant.project],
            env=laboratory.environment(variant),
            capture_output=True,
            text=True,
            check=True,
        )
        spent: Counter[str] = Counter()
        lines = IMPORT.findall(done.stderr)
        for microseconds, module in lines:
            spent[label(module)] += int(microseconds)
        if not best or spent.total() / 1000 < sum(best.values()):
            best = {package: each / 1000 for package, each in spent.items()}
            modules = [module for _, module in lines]
    return best, modules


def memory(laboratory: Laboratory, variant: Variant, modules: list[str]) -> dict[str, float]:
    """Return the MiB by which each package makes a process grow.

    Modules are imported in the order in which a start loads them. Those of the project, and those
    that need all apps, such as models, are one figure.
    """
    names = [module for module in modules if label(module) != OURSELVES]
    if variant.project in MODELS:
        # The first request loads it.
        names.append("redis")
    done = subprocess.run(
        [laboratory.python, "-c", GROW, *names],
        cwd=laboratory.projects[variant.project],
        env=laboratory.environment(variant),
        capture_output=True,
        text=True,
        check=True,
    )
    grown = json.loads(done.stdout)
    return grouped({module: kib / 1024 for module, kib in grown.items()})


def label(module: str) -> str:
    """Return the package of a module; those of a project, and those of Python, are one row."""
    name = module.partition(".")[0]
    if name in PACKAGES:
        return OURSELVES
    return "Python" if name in sys.stdlib_module_names else name


def grouped(costs: dict[str, float]) -> dict[str, float]:
    """Return rounded costs by their label."""
    found: dict[str, float] = defaultdict(float)
    for module, each in costs.items():
        found[label(module)] += each
    return {name: round(each, 2) for name, each in found.items()}
