"""Reading the tables of the documents, so that what they say is what is tested."""

from pathlib import Path

DOCUMENTS = Path(__file__).resolve().parent.parent / "docs"


def table(document: str, *columns: str) -> dict[str, list[str]]:
    """Return the rows of the table with these columns, by what is in the first of them."""
    lines = (DOCUMENTS / document).read_text("utf-8").splitlines()
    start = lines.index(f"| {' | '.join(columns)} |") + 2
    rows: dict[str, list[str]] = {}
    for line in lines[start:]:
        if not line.startswith("|"):
            break
        first, *rest = (cell.strip() for cell in line.strip("|").split("|"))
        rows[first] = rest
    return rows
