"""Write the tables and pictures of the documents again, from the results.

    python -m benchmarks.documents

In a document, a table stands between `<!-- results: NAME -->` and `<!-- end of results -->`.
Tables of parts that were not measured, or that need times from a busy machine, are left as they
are.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from benchmarks import plots, results
from benchmarks.ours import ROOT
from benchmarks.tables import TABLES

if TYPE_CHECKING:
    from pathlib import Path

PROJECT = ROOT / "{{cookiecutter.project_slug}}" / "docs"
BLOCK = re.compile(
    r"(?P<mark><!-- results: (?P<name>[^>]+) -->\n).*?(?=^<!-- end of results -->$)",
    re.DOTALL | re.MULTILINE,
)


def documents() -> list[Path]:
    """Return the documents with tables."""
    found = [*(ROOT / "docs").glob("*.md"), *PROJECT.glob("*.md")]
    return sorted(path for path in found if BLOCK.search(path.read_text("utf-8")))


def usable(found: dict[str, Any]) -> dict[str, Any]:
    """Return the parts of the results without times that were measured on a busy machine."""
    loud = results.loud_parts(found)
    return {name: part for name, part in found.items() if name not in loud and part["figures"]}


def drawn(text: str, found: dict[str, Any]) -> str:
    """Return the text of a document with its tables drawn from the usable results."""

    def draw(block: re.Match[str]) -> str:
        needed, function = TABLES[block["name"]]
        if not needed <= found.keys() or not found:
            return block[0]
        return f"{block['mark']}\n{function(found)}\n\n"

    return BLOCK.sub(draw, text)


def main() -> None:
    """Draw everything."""
    found = usable(results.read())
    for path in documents():
        path.write_text(drawn(path.read_text("utf-8"), found), encoding="utf-8")
    for path, picture in plots.pictures(found).items():
        path.write_text(picture, encoding="utf-8")
    for name in results.loud_parts(results.read()):
        print(f"{name}: not used, because the machine was busy")


if __name__ == "__main__":
    main()
