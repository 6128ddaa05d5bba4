"""Lost responses and second tabs: clients that retry within the grace period stay signed in."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.conftest import ROOT

if TYPE_CHECKING:
    from tests.conftest import Install

pytestmark = pytest.mark.slow

SESSIONS = 30


def test_retries_within_the_default_grace_sign_no_one_out(
    bake_with_venv: Install,
) -> None:
    """B01, B02: the simulation of benchmarks/lost_answers.py, with fewer sessions."""
    baked, python = bake_with_venv("jwt")
    script = ROOT / "benchmarks/lost_answers.py"
    done = subprocess.run(
        [python, script, baked.path, "--json", f"--sessions={SESSIONS}"],
        check=True,
        capture_output=True,
        text=True,
    )
    found = json.loads(done.stdout)

    one, shared, copies = found
    soon, timeout, tunnel = found[one]
    # The columns are the grace periods of 0, 10 and 30 seconds.
    assert [found[client][soon][-1] for client in (one, shared, copies)] == [0, 0, 0]
    assert [found[client][timeout][-1] for client in (one, shared)] == [0, 0]
    # Without the grace, the same responses sign users out: the simulation does lose some.
    assert all(found[client][retry][0] for client in found for retry in (soon, timeout, tunnel))
