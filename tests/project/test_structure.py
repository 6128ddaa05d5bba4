"""Structure of the template's own tests, and the budget of a run."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import tomllib

import pytest

from tests.conftest import ROOT
from tests.costs import excess

TESTS = ROOT / "tests"


def test_no_test_module_imports_another() -> None:
    modules = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts): ast.parse(path.read_text("utf-8"))
        for path in TESTS.rglob("*.py")
    }
    tests = {name for name in modules if name.rpartition(".")[2].startswith("test_")}
    found = set()
    for name, tree in modules.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module:
                imported = {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
                found |= {(name, other) for other in imported & tests}

    assert len(tests) > 20
    assert found == set()


def test_excess_names_what_grew() -> None:
    limits = {"suite": 7, "server": 60}

    assert excess({"suite": 7, "server": 3}, limits) == []
    assert excess({"suite": 8, "server": 61}, limits) == [
        "server: 61, of which 60 are allowed in .ci/budget.toml",
        "suite: 8, of which 7 are allowed in .ci/budget.toml",
    ]
    assert len(excess({"unknown": 1}, limits)) == 1


def test_a_run_that_uses_more_than_the_budget_fails(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run without excess passes, and one suite more than allowed fails it."""
    pytester.makeconftest('pytest_plugins = ["tests.costs_plugin"]')
    pytester.makepyfile(
        "from tests.costs import record\ndef test_suites(pytestconfig):\n"
        "    for _ in range(int(pytestconfig.getoption('verbose')) * 100): record('suite')\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(ROOT))

    within = pytester.runpytest_subprocess("--costs=build/costs.json")
    beyond = pytester.runpytest_subprocess("--costs=build/costs.json", "-v")

    assert within.ret == pytest.ExitCode.OK
    assert beyond.ret == pytest.ExitCode.TESTS_FAILED
    beyond.stdout.fnmatch_lines(["*suite: 100, of which * are allowed*"])
    written = json.loads((pytester.path / "build" / "costs.json").read_text("utf-8"))
    assert written["counts"] == {"suite": 100}


def test_the_report_warns_above_the_budget_and_succeeds(pytester: pytest.Pytester) -> None:
    costs, budget = pytester.path / "costs.json", ROOT / ".ci" / "budget.toml"
    tests = {f"test_{number}": [float(number), 1.0] for number in range(12)}
    costs.write_text(json.dumps({"counts": {"suite": 3}, "tests": tests}))
    limit = tomllib.loads(budget.read_text("utf-8"))["seconds"]["total"]

    def report(seconds: int) -> str:
        words = [ROOT / ".ci" / "report.py", costs, budget, seconds, 10]
        return subprocess.run(
            [sys.executable, *map(str, words)], capture_output=True, text=True, check=True
        ).stdout

    assert "WARNING" not in report(limit)
    assert f"WARNING: total is {limit + 1} s" in report(limit + 1)
    assert [line.split()[-1] for line in report(0).splitlines() if " test_" in line] == [
        f"test_{number}" for number in range(11, 1, -1)
    ]
