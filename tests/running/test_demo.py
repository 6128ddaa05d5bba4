"""`make demo` in a fresh copy: what it prints works as printed."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import time
from typing import TYPE_CHECKING

import pytest
import requests

from tests.running.test_user_journey import Browser, Service
from tests.servers.ports import free_port

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo")]

SECONDS_TO_START = 300


@pytest.fixture(scope="module")
def clone(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy that has neither environments nor builds."""
    copy = tmp_path_factory.mktemp("demo") / "a clone"
    shutil.copytree(template, copy)
    return copy


@pytest.fixture
def demo(clone: Path, tmp_path: Path) -> Iterator[Callable[[str], tuple[str, str]]]:
    """Start the demo and return its address and what it has printed; stop it in the end."""
    running: list[subprocess.Popen[bytes]] = []
    # The demo needs no server, so it must not find those that other tests use.
    servers = ("DATABASE_URL", "REDIS_URL", "EMAIL_URL")
    environment = {name: value for name, value in os.environ.items() if name not in servers}

    def start(auth: str) -> tuple[str, str]:
        port, log = free_port(), tmp_path / "demo.log"
        running.append(
            subprocess.Popen(
                ["make", "demo", f"AUTH={auth}", f"PORT={port}"],
                cwd=clone,
                stdin=subprocess.DEVNULL,
                stdout=log.open("wb"),
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env=environment,
            )
        )
        url = f"http://localhost:{port}"
        deadline = time.monotonic() + SECONDS_TO_START
        while time.monotonic() < deadline and running[-1].poll() is None:
            try:
                requests.get(f"{url}/health/live/", timeout=5).raise_for_status()
            except requests.ConnectionError:
                time.sleep(0.5)
            else:
                return url, log.read_text("utf-8")
        pytest.fail(log.read_text("utf-8"))

    yield start
    for process in running:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGINT)
            process.wait(timeout=30)


# The second run for `both`, below, finds what the first one has left.
@pytest.mark.parametrize("auth", ["session", "both"])
def test_the_user_signs_in_on_the_page(demo: Callable[[str], tuple[str, str]], auth: str) -> None:
    url, printed = demo(auth)
    found = re.search(r"(\S+/) and sign in as (\S+) with the password (\S+)", printed)
    assert found, printed
    address, email, password = found.groups()
    assert address.startswith(url)
    browser = Browser(Service(url, None, None))  # type: ignore[arg-type]
    browser.submit("/accounts/login/", username=email, password=password)
    assert browser.is_signed_in()
    assert browser.open("/admin/").ok


@pytest.mark.parametrize("auth", ["jwt", "both"])
def test_the_lines_for_the_api_work_when_pasted(
    demo: Callable[[str], tuple[str, str]], auth: str
) -> None:
    _, printed = demo(auth)
    lines = re.search(r"^TOKENS=.*?^curl.*?$", printed, re.DOTALL | re.MULTILINE)
    assert lines, printed
    done = subprocess.run(
        ["bash", "-c", lines[0]], capture_output=True, text=True, check=True, timeout=30
    )
    assert json.loads(done.stdout)["email"] == "demo@example.com"
