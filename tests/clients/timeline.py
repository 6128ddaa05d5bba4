"""A timeline of requests and of incidents on the servers."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator


class Call(NamedTuple):
    """One request: its time, kind and status, which is 0 if there was no response."""

    began: float
    ended: float
    method: str
    path: str
    status: int

    @property
    def failed(self) -> bool:
        return self.status not in {200, 204, 302, 401, 429}

    @property
    def refused_for_now(self) -> bool:
        return self.status == 429


@dataclass
class Phase:
    """A phase with one incident on the servers, and the requests during it."""

    name: str
    calls: list[Call] = field(default_factory=list)
    incident: tuple[float, float] = (0.0, 0.0)

    @contextmanager
    def happens(self) -> Iterator[None]:
        """Record the duration of an outage."""
        began = time.monotonic()
        yield
        self.incident = (began, time.monotonic())

    def failed(self, *, in_flight: bool, method: str = "") -> list[Call]:
        """Return the requests that failed during the incident, or outside of it."""
        began, ended = self.incident
        return [
            call
            for call in self.calls
            if call.failed
            and method in call.method
            and (call.began <= ended and call.ended >= began) == in_flight
        ]

    def refused(self, *, in_flight: bool) -> list[Call]:
        """Return the temporarily rejected requests, during the incident or outside of it."""
        began, ended = self.incident
        return [
            call
            for call in self.calls
            if call.refused_for_now and (call.began <= ended and call.ended >= began) == in_flight
        ]

    def __str__(self) -> str:
        times = sorted(1000 * (call.ended - call.began) for call in self.calls)
        return (
            f"{self.name}: {len(self.calls)} requests, "
            f"{len(self.failed(in_flight=True))} failed in flight, "
            f"{len(self.failed(in_flight=False))} otherwise, "
            f"{sum(call.refused_for_now for call in self.calls)} refused for now; "
            f"{median(times):.0f} ms in the middle, {times[-1]:.0f} ms at worst"
        )
