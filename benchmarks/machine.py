"""The machine: its processors, and how busy other programs keep it."""

from __future__ import annotations

import os
import platform
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

TICKS = os.sysconf("SC_CLK_TCK")


def processor_seconds(root: int) -> float:
    """Return the processor time of a process and of its descendants."""
    ticks, pending = 0, [root]
    while pending:
        pid = pending.pop()
        # A process can end while it is looked at; its parent has its times then.
        with suppress(OSError):
            stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += sum(map(int, stat[11:15]))
            for task in Path(f"/proc/{pid}/task").iterdir():
                pending += map(int, (task / "children").read_text().split())
    return ticks / TICKS


def busy_seconds() -> float:
    """Return the processor time of all programs since the start of the machine."""
    first = Path("/proc/stat").read_text().splitlines()[0].split()
    user, nice, system, _idle, _waiting, interrupts, soft_interrupts = map(int, first[1:8])
    return (user + nice + system + interrupts + soft_interrupts) / TICKS


def load() -> float:
    """Return the load average of the last minute."""
    return round(os.getloadavg()[0], 2)


def description() -> dict[str, Any]:
    """Return what the machine is."""
    text = Path("/proc/cpuinfo").read_text()
    model = next((line for line in text.splitlines() if line.startswith("model name")), "")
    return {
        "processor": model.partition(":")[2].strip() or platform.machine(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.release().split('-')[0]}",
    }


class Watch:
    """The load during a measurement.

    Attributes:
        servers: processes that belong to the measurement although they are no children.
    """

    def __init__(self, servers: dict[str, int]) -> None:
        self.servers = servers
        self._load, self._at = load(), time.monotonic()
        self._busy, self._own = busy_seconds(), self._own_seconds()

    def _own_seconds(self) -> float:
        return sum(map(processor_seconds, [os.getpid(), *self.servers.values()]))

    def read(self) -> dict[str, Any]:
        """Return when the measurement was taken, and how busy the machine was.

        `other_cores` is the number of cores that other programs used on average.
        """
        duration = time.monotonic() - self._at
        others = busy_seconds() - self._busy - (self._own_seconds() - self._own)
        return {
            "taken": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
            "seconds": round(duration),
            "load_before": self._load,
            "load_after": load(),
            "other_cores": round(max(others, 0) / duration, 2),
        }
