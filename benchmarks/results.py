"""File of results: measurements with their dates, versions and load."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

Results = dict[str, Any]
RESULTS = Path(__file__).with_name("results.json")
# Parts whose measurements depend on the load of the machine.
TIMES = frozenset(
    {
        *("processor", "memory_and_start", "profiles"),
        *("http", "growth", "generation", "first_request"),
    }
)
# Times are used only below these limits: the load before the measurement, and the cores that other
# programs used during it.
MAX_LOAD, MAX_OTHER_CORES = 2.0, 0.5


def read(path: Path = RESULTS) -> Results:
    """Return the results, or an empty dictionary if there is no file."""
    return json.loads(path.read_text("utf-8")) if path.exists() else {}


def write(results: Results, path: Path = RESULTS) -> None:
    """Write the results."""
    path.write_text(json.dumps(results, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def was_quiet(part: Results) -> bool:
    """Return whether the machine was idle enough to measure times."""
    return bool(part["load_before"] < MAX_LOAD and part["other_cores"] < MAX_OTHER_CORES)


def loud_parts(results: Results) -> list[str]:
    """Return the parts with times that were measured on a busy machine."""
    return sorted(name for name in TIMES & results.keys() if not was_quiet(results[name]))
