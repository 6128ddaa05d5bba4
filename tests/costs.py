"""Counts of what a run starts and builds: suites, servers, environments."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

BUDGET = Path(__file__).resolve().parent.parent / ".ci" / "budget.toml"
# The file that all workers write to; each line is the name of one thing.
LOG = "TEMPLATE_TEST_COSTS"


def record(name: str) -> None:
    """Record that a suite was run, a server was started or an environment was built."""
    if path := os.environ.get(LOG):
        # One short write in append mode is atomic, so that workers need no lock.
        with Path(path).open("a", encoding="utf-8") as log:
            log.write(f"{name}\n")


def allowed() -> dict[str, int]:
    """Return the maximum number of each kind in a run."""
    counts: dict[str, int] = tomllib.loads(BUDGET.read_text("utf-8"))["counts"]
    return counts


def excess(used: Mapping[str, int], limits: Mapping[str, int]) -> list[str]:
    """Return a line for each kind whose maximum was exceeded."""
    return [
        f"{name}: {number}, of which {limits.get(name, 0)} are allowed in .ci/budget.toml"
        for name, number in sorted(used.items())
        if number > limits.get(name, 0)
    ]
