"""Tables of what each package costs in a request and in a start."""

from __future__ import annotations

from math import fsum
from typing import TYPE_CHECKING

from benchmarks.comparisons import Results, number, table

if TYPE_CHECKING:
    from collections.abc import Mapping

OTHERS = "others"
# Packages below these limits in every column are one row.
LEAST_PERCENT, LEAST_MS, LEAST_MIB = 2.5, 10, 0.8


def of_requests(results: Results) -> str:
    """Return the share of each package in the time of a request."""
    columns = results["profiles"]["figures"]["requests"]
    rows = by_package(columns, LEAST_PERCENT)
    head = ["percent of the CPU time"]
    for column in columns:
        model, _, what = column.partition(", ")
        head.append(f"`{model}`, {what}")
    return table(head, [[name, *(number(each) for each in row)] for name, row in rows.items()])


def of_starts(results: Results) -> str:
    """Return how long a start imports each package."""
    return by_model("ms to import", results["profiles"]["figures"]["starts"], LEAST_MS)


def of_memory(results: Results) -> str:
    """Return the memory of each package after a start."""
    return by_model("MiB", results["profiles"]["figures"]["memory_mib"], LEAST_MIB)


def by_model(title: str, columns: Mapping[str, Mapping[str, float]], least: float) -> str:
    """Return a table with a column for each variant."""
    rows = by_package(columns, least)
    head = [title, *(f"`{name.removeprefix('ours ')}`" for name in columns)]
    return table(head, [[name, *(number(each, 1) for each in row)] for name, row in rows.items()])


def by_package(columns: Mapping[str, Mapping[str, float]], least: float) -> dict[str, list[float]]:
    """Return a row for each package, the most expensive first."""
    packages = sorted({name for column in columns.values() for name in column})
    rows = {name: [column.get(name, 0) for column in columns.values()] for name in packages}
    large = {name: row for name, row in rows.items() if max(row) >= least}
    small = [row for name, row in rows.items() if name not in large]
    found = dict(sorted(large.items(), key=lambda each: (-max(each[1]), each[0])))
    # The sum of floats depends on their order, but not that of `fsum`.
    found[OTHERS] = [fsum(each) for each in zip(*small, strict=True)] or [0.0] * len(columns)
    return found
