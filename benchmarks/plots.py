"""Pictures of the results, as SVG that follows the color scheme of the reader."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from benchmarks.comparisons import LABELS, cost
from benchmarks.ours import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

IMAGES = ROOT / "docs" / "images"
WIDTH, LABEL, BAR, GAP, MARGIN = 720, 250, 16, 8, 16
# What is drawn: the file, the title, and the kinds of requests.
PICTURES = {
    "costs-of-reads.svg": ("An authenticated GET", "get"),
    "costs-of-refreshes.svg": ("A refresh of tokens", "refresh"),
    "costs-of-sign-ins.svg": ("A sign-in, without the hash of the password", "sign_in"),
}
STYLE = """\
<style>
  text { fill: #1d2125; }
  .theirs { fill: #9aa5b1; }
  .ours { fill: #0b57d0; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .theirs { fill: #6e7a87; }
    .ours { fill: #a8c7fa; }
  }
</style>
"""
HEAD = """\
<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"
     viewBox="0 0 {width} {height}" font-family="system-ui, sans-serif" font-size="13">
<title>{title}: millions of instructions</title>
{style}<text x="{x}" y="{y}" font-weight="bold">{title}: millions of instructions</text>
"""


def picture(name: str) -> Callable[[dict[str, Any]], str]:
    """Return a function that refers to a picture in a document."""
    title = PICTURES[name][0]
    return lambda _: f"![{title}: millions of instructions by variant](images/{name})"


def bars(results: dict[str, Any], kind: str) -> list[tuple[str, float, bool]]:
    """Return label, millions of instructions and whether it is ours, for each variant."""
    found = []
    for variant, label in LABELS.items():
        for suffix in ("", ", page", ", api"):
            value = cost(results, "instructions", variant, kind + suffix)
            if value is not None:
                text = label.replace("*", "").replace("`", "") + suffix
                found.append((text, value, variant.startswith("ours")))
    return sorted(found, key=lambda bar: bar[1])


def draw(title: str, found: list[tuple[str, float, bool]]) -> str:
    """Return a picture of horizontal bars."""
    height = 2 * MARGIN + 30 + len(found) * (BAR + GAP)
    longest = max(value for _, value, _ in found)
    full = WIDTH - LABEL - 2 * MARGIN - 60
    head = HEAD.format(
        width=WIDTH, height=height, title=escape(title), style=STYLE, x=MARGIN, y=MARGIN + 12
    )
    lines = [head]
    for number, (label, value, is_ours) in enumerate(found):
        top = MARGIN + 30 + number * (BAR + GAP)
        width = round(full * value / longest, 1)
        start = MARGIN + LABEL
        lines.append(
            f'<text x="{start - 8}" y="{top + 13}" text-anchor="end">{escape(label)}</text>\n'
            f'<rect class="{"ours" if is_ours else "theirs"}" x="{start}" y="{top}" '
            f'width="{width}" height="{BAR}" rx="2"/>\n'
            f'<text x="{start + width + 6}" y="{top + 13}">{value:.1f}</text>\n'
        )
    return "".join([*lines, "</svg>\n"])


def pictures(results: dict[str, Any]) -> dict[Path, str]:
    """Return the pictures that can be drawn from the results, by path."""
    found = {}
    for name, (title, kind) in PICTURES.items():
        if shown := bars(results, kind):
            found[IMAGES / name] = draw(title, shown)
    return found
