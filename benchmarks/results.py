"""The file of results: what was measured, when, with which versions, and under which load."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

Results = dict[str, Any]
RESULTS = Path(__file__).with_name("results.json")
# Parts whose figures depend on what else the machine does.
TIMES = frozenset(
    {"processor", "memory_and_start", "http", "growth", "generation", "first_request"}
)
# Times that were measured with more load before, or next to more work of others, are not used.
MOST_LOAD, MOST_OTHER_CORES = 2.0, 0.5


def read(path: Path = RESULTS) -> Results:
    """Return the results, or none if there is no file."""
    return json.loads(path.read_text("utf-8")) if path.exists() else {}


def write(results: Results, path: Path = RESULTS) -> None:
    """Write the results."""
    path.write_text(json.dumps(results, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def was_quiet(part: Results) -> bool:
    """Return whether the machine was quiet enough for times."""
    return bool(part["load_before"] < MOST_LOAD and part["other_cores"] < MOST_OTHER_CORES)


def loud_parts(results: Results) -> list[str]:
    """Return the parts with times that were measured on a busy machine."""
    return sorted(name for name in TIMES & results.keys() if not was_quiet(results[name]))
