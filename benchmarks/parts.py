"""The parts of the benchmark, each of which can be measured by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from benchmarks import (
    counts,
    generation,
    growth,
    instructions,
    over_http,
    processor,
    profiles,
)
from benchmarks.ours import MODELS
from benchmarks.variants import ALL, OURS, PEERS, WITHOUT

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.nodes import Laboratory
    from benchmarks.variants import Variant

Figures = dict[str, Any]
SAMPLE = [each for each in ALL if each.name in {"no authentication", "simplejwt", "ours jwt"}]


@dataclass(frozen=True)
class Extent:
    """How much is measured.

    Attributes:
        rounds: how often each variant takes its turn.
        starts: how often each process is started, and each project generated.
        seconds: the duration of each measurement over HTTP.
        is_quick: whether only a sample is measured, to find out whether the command works.
    """

    rounds: int
    starts: int
    seconds: float
    is_quick: bool

    @property
    def variants(self) -> list[Variant]:
        """The variants whose requests are measured."""
        return SAMPLE if self.is_quick else ALL


FULL = Extent(8, 5, 3, is_quick=False)
SHORT = Extent(2, 1, 1, is_quick=True)


def _counts(laboratory: Laboratory, extent: Extent) -> Figures:
    requests, sign_ins = (2, 200) if extent.is_quick else (10, counts.SIGN_INS)
    stored = OURS[1:2] if extent.is_quick else [*PEERS[1:], *OURS]
    return {
        "requests": counts.measure(laboratory, extent.variants, requests),
        "stored": counts.stored(laboratory, stored, sign_ins),
    }


def _instructions(laboratory: Laboratory, extent: Extent) -> Figures:
    if not instructions.is_possible():
        return {}
    if extent.is_quick:
        return instructions.measure(laboratory, SAMPLE[-1:], 2)
    return instructions.measure(laboratory, [*ALL, *WITHOUT])


def _processor(laboratory: Laboratory, extent: Extent) -> Figures:
    with_hash = [each for each in [*PEERS[1:], *OURS] if not extent.is_quick or each in SAMPLE]
    return {
        "requests": processor.requests(laboratory, extent.variants, extent.rounds),
        "hashes": processor.hashes(laboratory, with_hash, extent.starts),
    }


def _memory_and_start(laboratory: Laboratory, extent: Extent) -> Figures:
    variants = SAMPLE if extent.is_quick else [*PEERS, *OURS]
    return {
        "memory_mib": processor.memory(laboratory, variants, 100 if extent.is_quick else 1000),
        "start_s": processor.startup(laboratory, variants, extent.starts),
    }


def _http(laboratory: Laboratory, extent: Extent) -> Figures:
    if not over_http.is_possible():
        return {}
    some = ["2 workers, 4 threads"] if extent.is_quick else None
    return {
        "requests": over_http.measure(laboratory, extent.seconds, OURS[1:2] if some else None),
        "configurations": over_http.configurations(laboratory, extent.seconds, some),
    }


def _growth(laboratory: Laboratory, extent: Extent) -> Figures:
    sizes = growth.SMALL if extent.is_quick else (*growth.SMALL, *growth.LARGE)
    return growth.measure(laboratory, sizes, extent.rounds)


def _profiles(laboratory: Laboratory, extent: Extent) -> Figures:
    if extent.is_quick:
        return profiles.measure(laboratory, profiles.STARTS[:2], 10, extent.starts)
    return profiles.measure(laboratory)


def _generation(_: Laboratory, extent: Extent) -> Figures:
    return generation.measure(extent.starts)


def _first_request(_: Laboratory, extent: Extent) -> Figures:
    models = ["session"] if extent.is_quick else MODELS
    return {auth: generation.first_request(auth) for auth in models}


PARTS: dict[str, Callable[[Laboratory, Extent], Figures]] = {
    "processor": _processor,
    "memory_and_start": _memory_and_start,
    "profiles": _profiles,
    "http": _http,
    "generation": _generation,
    "first_request": _first_request,
    "counts": _counts,
    "instructions": _instructions,
    "growth": _growth,
}
