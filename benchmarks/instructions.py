"""User-space instructions of a request, counted by callgrind."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.nodes import Laboratory
    from benchmarks.variants import Variant

TOTAL = re.compile(r"^(?:totals|summary): (\d+)", re.MULTILINE)


def is_possible() -> bool:
    """Return whether valgrind is installed."""
    return shutil.which("valgrind") is not None


def measure(
    laboratory: Laboratory, variants: Sequence[Variant], requests: int = 20
) -> dict[str, Any]:
    """Return the millions of instructions of each kind of request, by variant.

    Passwords are compared without their hashes, whose instructions would hide all others.
    """
    found: dict[str, Any] = {}
    for variant in variants:
        with tempfile.TemporaryDirectory() as folder:
            output = f"{folder}/profile"
            valgrind = [
                *("valgrind", "--tool=callgrind", "--instr-atstart=no", "--quiet"),
                f"--callgrind-out-file={output}",
            ]
            with laboratory.node(variant, valgrind) as node:
                node.do("without_hash")
                counts = {}
                for name, kind in variant.kinds().items():
                    node.do("prepare", kind=kind, number=requests)
                    control(node.process.pid, "--instr=on")
                    # The first request is translated while it is counted.
                    node.do("send")
                    node.do("prepare", kind=kind, number=requests)
                    control(node.process.pid, "--zero")
                    node.do("send")
                    control(node.process.pid, f"--dump={name}")
                    control(node.process.pid, "--instr=off")
                    counts[name] = round(newest_total(Path(folder)) / requests / 1e6, 3)
                found[variant.name] = counts
    return found


def control(pid: int, option: str) -> None:
    """Send a command to callgrind."""
    subprocess.run(["callgrind_control", option, str(pid)], check=True, stdout=subprocess.DEVNULL)


def newest_total(folder: Path) -> int:
    """Return the number of instructions in the newest profile, and delete it."""
    profiles = sorted(folder.glob("profile*"), key=lambda path: path.stat().st_mtime_ns)
    text = profiles[-1].read_text()
    total = sum(int(number) for number in TOTAL.findall(text)[:1])
    profiles[-1].unlink()
    return total
