"""Measure the generated projects next to the alternatives.

    python -m benchmarks [--quick] [--parts PART,...] [--rounds NUMBER] [--results FILE]

PostgreSQL and Redis are those of `DATABASE_URL` and `REDIS_URL`, else they are started from what
is installed. Everything else is made in a temporary folder. Prints the costs and ratios, and
writes them to `benchmarks/results.json` with the date, the versions and the load of the machine.
Parts that are not measured keep their results.

`--quick` measures a sample in less than three minutes, without the large databases, and writes no
results unless a file is named.
"""

from __future__ import annotations

import argparse
import dataclasses
import signal
import subprocess
import tempfile
from pathlib import Path

from benchmarks import installed, machine, ours, peers, results
from benchmarks.nodes import Laboratory
from benchmarks.ours import ROOT
from benchmarks.parts import FULL, PARTS, SHORT
from benchmarks.report import lines
from benchmarks.servers import servers
from benchmarks.variants import ALL

# These generate what they measure themselves.
ALONE = {"generation", "first_request"}


def build(folder: Path) -> tuple[Path, dict[str, Path]]:
    """Build all projects and their environment; return the interpreter and the folders."""
    projects = {auth: ours.build(auth, folder) for auth in ours.MODELS}
    python = installed.install(folder, projects["both"] / "pyproject.toml", peers.REQUIREMENTS)
    projects |= {name: peers.build(name, folder, python) for name in peers.SETTINGS}
    return python, projects


def commit() -> str:
    """Return the commit that is measured, with a mark if files were changed since."""
    words = ["git", "describe", "--always", "--dirty", "--abbrev=7", "--exclude=*"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip()


def arguments() -> argparse.Namespace:
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--parts", default=",".join(PARTS), help="default: all, in this order")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--results", type=Path)
    found = parser.parse_args()
    unknown = set(found.parts.split(",")) - PARTS.keys()
    if unknown:
        parser.error(f"--parts: {', '.join(sorted(unknown))}: choose from {', '.join(PARTS)}")
    return found


def main() -> None:
    """Measure the parts, and print and write what was found."""
    # Stops the servers too, as Ctrl-C does.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    options = arguments()
    extent = SHORT if options.quick else FULL
    if options.rounds:
        extent = dataclasses.replace(extent, rounds=options.rounds)
    target = options.results or (None if options.quick else results.RESULTS)
    wanted = options.parts.split(",")
    if options.quick:
        print("--quick: a sample, without the databases of 100,000 and 2 million sign-ins")
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        folder = Path(name)
        # Servers run as other users, and read what is in it.
        folder.chmod(0o755)
        # Not while the load of the builds counts as load of others.
        before = machine.load()
        python, projects = build(folder)
        with servers(python) as found:
            laboratory = Laboratory(python, projects, found)
            if set(wanted) - ALONE:
                laboratory.prepare(ALL)
            about = {
                "commit": commit(),
                "machine": machine.description(),
                "versions": installed.versions(python) | found.versions(),
            }
            print(
                f"{about['commit']}, load {before}", about["machine"], about["versions"], sep="\n"
            )
            for part in wanted:
                watch = machine.Watch(found.processes)
                figures = PARTS[part](laboratory, extent)
                record = {**watch.read(), **about, "figures": figures}
                # The load that the benchmark itself makes is not that of others.
                record["load_before"] = before
                print("\n".join(lines(part, record)), flush=True)
                if target:
                    results.write(results.read(target) | {part: record}, target)


if __name__ == "__main__":
    main()
