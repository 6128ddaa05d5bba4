"""The size of a generated project."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def lines_of_code(folder: Path, *, tests: bool) -> int:
    """Return the number of lines of Python that are not blank, without migrations."""
    return sum(
        sum(bool(line.strip()) for line in path.read_text("utf-8").splitlines())
        for path in folder.rglob("*.py")
        if path.is_relative_to(folder / "tests") == tests and path.parent.name != "migrations"
    )
