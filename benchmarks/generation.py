"""Duration of generating each model, as ratios to the first model.

Run it with `.venv/bin/python benchmarks/generation.py`. Clocks of shared machines are noisy, so
rounds are interleaved and medians compared. Absolute times are printed for orientation and mean
nothing on another machine.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODELS = ("session", "jwt", "both")


def seconds_to_generate(auth: str) -> float:
    """Generate one project with a fresh home and return how long it took."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "cookiecutter", str(ROOT), "--no-input"]
        started = time.perf_counter()
        subprocess.run(
            [*command, "--output-dir", folder, f"auth={auth}"],
            check=True,
            stdout=subprocess.DEVNULL,
            env={"HOME": folder, "PATH": ""},
        )
        return time.perf_counter() - started


def main() -> None:
    """Print a table of medians and ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds

    times: dict[str, list[float]] = {auth: [] for auth in MODELS}
    for _ in range(rounds):
        for auth in MODELS:
            times[auth].append(seconds_to_generate(auth))
    medians = {auth: statistics.median(found) for auth, found in times.items()}
    for auth, median in medians.items():
        ratio = median / medians[MODELS[0]]
        print(f"{auth:8} {ratio:5.2f} x {MODELS[0]}   (median {median:.2f} s of {rounds} rounds)")


if __name__ == "__main__":
    main()
