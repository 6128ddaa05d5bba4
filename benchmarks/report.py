"""Output of the benchmark command."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

FLOOR = ("no authentication", "get")


def flat(figures: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield each value with its path."""
    if isinstance(figures, dict):
        for name, each in figures.items():
            yield from flat(each, (*path, str(name)))
    else:
        yield path, figures


def ratios(figures: dict[str, dict[str, Any]]) -> Iterator[str]:
    """Yield a line for each kind of request: its cost, and its ratio to the cost of `FLOOR`."""

    def cost(found: Any) -> float:
        return float(found["median"] if isinstance(found, dict) else found)

    base = figures.get(FLOOR[0], {}).get(FLOOR[1])
    for variant, kinds in figures.items():
        for kind, found in kinds.items():
            ratio = f"{cost(found) / cost(base):6.2f} x" if base else ""
            yield f"  {variant:38} {kind:20} {cost(found):10.2f} {ratio}"


def lines(name: str, part: dict[str, Any]) -> Iterator[str]:
    """Yield lines that describe a part of the results."""
    yield (
        f"{name}: {part['seconds']} s, load {part['load_before']} before and "
        f"{part['load_after']} after, {part['other_cores']} cores used by others"
    )
    figures = part["figures"]
    if name == "processor":
        yield f"  microseconds, and ratio to {FLOOR[0]}"
        yield from ratios(figures["requests"])
        figures = {"sign-in with the hash": figures.get("hashes", {})}
    if name == "instructions":
        yield f"  millions, and ratio to {FLOOR[0]}"
        yield from ratios(figures)
        return
    for path, value in flat(figures):
        yield f"  {' / '.join(path)}: {value}"
