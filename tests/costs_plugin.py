"""Plugin that measures a run: the time of each test, and the servers and environments it used.

Time depends on the machine and is only reported. What was started or built does not: a run with
`--costs` fails if there was more of it than `.ci/budget.toml` allows.
"""

from __future__ import annotations

import json
import os
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.costs import LOG, allowed, excess

if TYPE_CHECKING:
    from collections.abc import Generator


def cpu_seconds() -> float:
    """Return the processor time of this process and of its children that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


class Costs:
    """The costs of a run: one object in each worker, and one in the process that reports."""

    def __init__(self, output: Path | None, log: Path) -> None:
        self.output, self.log = output, log
        self.began = time.monotonic()
        self.cpu = cpu_seconds()
        self.tests: defaultdict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
        self.excess: list[str] = []

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self) -> Generator[None, Any, Any]:
        report: Any = yield
        now = cpu_seconds()
        report.cpu_seconds, self.cpu = now - self.cpu, now
        return report

    def pytest_runtest_logstart(self) -> None:
        self.cpu = cpu_seconds()

    def pytest_runtest_logreport(self, report: Any) -> None:
        figures = self.tests[report.nodeid]
        figures[0] += report.duration
        figures[1] += getattr(report, "cpu_seconds", 0.0)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self.output is None:
            return
        used = Counter(self.log.read_text("utf-8").split()) if self.log.exists() else Counter()
        self.excess = excess(used, allowed())
        if self.excess and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        self.output.parent.mkdir(parents=True, exist_ok=True)
        content = {
            "seconds": time.monotonic() - self.began,
            "counts": used,
            "tests": {name: [round(n, 2) for n in self.tests[name]] for name in self.tests},
        }
        self.output.write_text(json.dumps(content, indent=1), "utf-8")

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        for line in self.excess:
            terminalreporter.write_line(f"ERROR more than the budget - {line}", red=True)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--costs",
        type=Path,
        metavar="FILE",
        help="write what the run has cost, and fail if it used more than the budget allows",
    )


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    is_worker = hasattr(config, "workerinput")
    if not is_worker:
        # Workers inherit this. A run that a test starts has its own.
        factory: pytest.TempPathFactory = config._tmp_path_factory  # type: ignore[attr-defined] # noqa: SLF001
        os.environ[LOG] = str(factory.getbasetemp() / "costs.log")
    output = None if is_worker else config.getoption("--costs")
    config.pluginmanager.register(Costs(output, Path(os.environ[LOG])), "costs")
