"""Report of a CI run: total time, processor time and slowest tests, next to the budget.

Usage: report.py COSTS BUDGET SECONDS CPU_SECONDS

Only prints and warns: how long a run takes depends on the machine.
"""

import json
import sys
import tomllib
from pathlib import Path
from typing import Any


def lines(costs: dict[str, Any], budget: dict[str, Any], seconds: float, cpu: float) -> list[str]:
    """Return the report, with a warning for each value above the budget."""
    limits = budget["seconds"]
    figures = [("total", seconds), ("cpu", cpu)]
    tests = sorted(costs["tests"].items(), key=lambda test: -test[1][0])[:10]
    if tests:
        figures.append(("slowest_test", tests[0][1][0]))
    report = ["", f"{'':14}{'measured':>9}{'budget':>9}"]
    report += [f"{name:14}{value:8.0f}s{limits[name]:8}s" for name, value in figures]
    counts = budget["counts"]
    report += [f"{name:14}{costs['counts'].get(name, 0):9}{counts[name]:9}" for name in counts]
    report += ["", f"The ten slowest tests:{'seconds':>9}{'cpu':>9}"]
    report += [f"{'':22}{wall:9.1f}{used:9.1f}  {name}" for name, (wall, used) in tests]
    report += [
        f"WARNING: {name} is {value:.0f} s, above the {limits[name]} s of .ci/budget.toml"
        for name, value in figures
        if value > limits[name]
    ]
    return report


def main() -> None:
    """Print the report."""
    costs, budget, seconds, cpu = sys.argv[1:]
    content = json.loads(Path(costs).read_text("utf-8"))
    limits = tomllib.loads(Path(budget).read_text("utf-8"))
    print("\n".join(lines(content, limits, float(seconds), float(cpu))))


if __name__ == "__main__":
    main()
