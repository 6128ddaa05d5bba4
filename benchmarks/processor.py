"""Processor time, memory and start of each variant. Depends on the load of the machine."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.nodes import Laboratory, Node
    from benchmarks.variants import Variant

Figures = dict[str, Any]
# Requests of a round, by kind; a round takes about as long for each of them.
NUMBERS = {"sign_in": 8, "sign_out": 8, "refresh": 12}
READS = 40
# How many passwords are checked to time one.
HASHES = 3


def number_of(kind: str) -> int:
    """Return how many requests of a kind make a round."""
    return NUMBERS.get(kind.split()[1], READS)


def requests(laboratory: Laboratory, variants: Sequence[Variant], rounds: int) -> Figures:
    """Return the microseconds of each kind of request, without the hash of the password.

    All variants take turns in each round, so that a change of the machine affects all of them.
    """
    samples: dict[str, dict[str, list[float]]] = {each.name: {} for each in variants}
    with laboratory.nodes(variants) as nodes:
        for node in nodes:
            node.do("without_hash")
        for number in range(rounds + 1):
            for node in nodes:
                for name, kind in node.variant.kinds().items():
                    spent = node.do("round", kind=kind, number=number_of(kind))["cpu"]
                    # The first round warms caches up.
                    if number:
                        samples[node.variant.name].setdefault(name, []).append(1e6 * spent)
    return {
        variant: {name: summary(found) for name, found in kinds.items()}
        for variant, kinds in samples.items()
    }


def summary(found: list[float]) -> dict[str, float]:
    """Return the median of the rounds, and the range of the middle half of them."""
    low, _, high = statistics.quantiles(found, n=4) if len(found) > 1 else [found[0]] * 3
    return {
        "median": round(statistics.median(found), 1),
        "quartiles": [round(low, 1), round(high, 1)],  # type: ignore[dict-item]
    }


def hashes(laboratory: Laboratory, variants: Sequence[Variant], rounds: int) -> Figures:
    """Return the milliseconds of checking a password, and of a sign-in with it."""
    found: Figures = {}
    with laboratory.nodes(variants) as nodes:
        samples: dict[str, tuple[list[float], list[float]]] = {}
        for _ in range(rounds):
            for node in nodes:
                bare, whole = samples.setdefault(node.variant.name, ([], []))
                bare.append(1e3 * node.do("hash", number=HASHES))
                kind = next(k for name, k in node.variant.kinds().items() if "sign_in" in name)
                whole.append(1e3 * node.do("round", kind=kind, number=HASHES)["cpu"])
        for name, (bare, whole) in samples.items():
            found[name] = {
                "hash_ms": round(statistics.median(bare), 2),
                "sign_in_ms": round(statistics.median(whole), 2),
            }
    return found


def memory(laboratory: Laboratory, variants: Sequence[Variant], number: int = 1000) -> Figures:
    """Return the memory of a process after its start and after a number of GETs, in MiB."""
    found: Figures = {}
    for variant in variants:
        with laboratory.node(variant) as node:
            before = node.do("memory")
            read(node, number)
            after = node.do("memory")
        found[variant.name] = {
            "start": round(before["Rss"] / 1024, 1),
            "used": round(after["Rss"] / 1024, 1),
            "used_pss": round(after["Pss"] / 1024, 1),
        }
    return found


def read(node: Node, number: int) -> None:
    """Send GETs."""
    kind = next(kind for name, kind in node.variant.kinds().items() if name.startswith("get"))
    node.do("round", kind=kind, number=number)


def startup(laboratory: Laboratory, variants: Sequence[Variant], rounds: int) -> Figures:
    """Return the seconds of processor time until a process is ready."""
    samples: dict[str, list[float]] = {}
    for number in range(rounds + 1):
        for variant in variants:
            with laboratory.node(variant) as node:
                spent = node.do("startup")["process"]
            # The first start compiles the project.
            if number:
                samples.setdefault(variant.name, []).append(spent)
    return {name: round(statistics.median(found), 3) for name, found in samples.items()}
