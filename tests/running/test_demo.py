"""`make demo` in a fresh copy: what it prints works as printed."""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import signal
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
import requests

from tests.clients.pages import Browser
from tests.costs import record
from tests.servers.ports import free_port
from tests.servers.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo")]

SECONDS_TO_START = 300


@pytest.fixture(scope="module")
def clone(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the template without environments and builds."""
    copy = tmp_path_factory.mktemp("demo") / "a clone"
    shutil.copytree(template, copy)
    return copy


@dataclass(frozen=True)
class Demo:
    """A demo that is running."""

    url: str
    log: Path
    process: subprocess.Popen[bytes]

    def printed(self) -> str:
        return self.log.read_text("utf-8")

    def stop(self) -> None:
        """Stop the demo and all processes that it started."""
        if self.process.poll() is None:
            # Not SIGINT, which background processes of a shell ignore.
            os.killpg(self.process.pid, signal.SIGTERM)
            self.process.wait(timeout=60)


@pytest.fixture(scope="module")
def start(
    clone: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Demo]]:
    """Start demos; stop them at the end."""
    running: list[Demo] = []
    # The demo needs no server, so it must not find those that other tests use.
    servers = ("DATABASE_URL", "REDIS_URL", "EMAIL_URL")
    environment = {name: value for name, value in os.environ.items() if name not in servers}

    def start(auth: str) -> Demo:
        port, log = free_port(), tmp_path_factory.mktemp("log") / "demo.log"
        record("server")
        process = subprocess.Popen(
            ["make", "demo", f"AUTH={auth}", f"PORT={port}"],
            cwd=clone,
            stdin=subprocess.DEVNULL,
            stdout=log.open("wb"),
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env=environment | {"PYTHONUNBUFFERED": "1"},
        )
        demo = Demo(f"http://localhost:{port}", log, process)
        running.append(demo)

        def is_live() -> bool:
            assert process.poll() is None, demo.printed()
            try:
                return requests.get(f"{demo.url}/health/live/", timeout=60).ok
            except (requests.ConnectionError, requests.Timeout):
                return False

        wait_until(is_live, seconds=SECONDS_TO_START)
        return demo

    yield start
    for demo in running:
        demo.stop()


@pytest.fixture(scope="module")
def demo(request: pytest.FixtureRequest, start: Callable[[str], Demo]) -> Demo:
    """The second demo of a model in the same clone, which replaces the first."""
    first = start(request.param)
    first.stop()
    again = start(request.param)
    assert again.url != first.url
    return again


def of(*others: str) -> pytest.MarkDecorator:
    """Return the marker of a test on the demo of `both`, and at night on those of other models.

    The demo of `both` prints everything that the others print.
    """
    params = ["both", *(pytest.param(other, marks=pytest.mark.nightly) for other in others)]
    return pytest.mark.parametrize("demo", params, indirect=True)


@of("session")
def test_the_user_signs_in_on_the_page(demo: Demo) -> None:
    printed = demo.printed()
    found = re.search(r"(\S+/) and sign in as (\S+) with the password (\S+)", printed)
    assert found, printed
    address, email, password = found.groups()
    assert address.startswith(demo.url)
    browser = Browser(demo.url)
    browser.submit("/accounts/login/", username=email, password=password)
    assert browser.is_signed_in()
    assert browser.open("/admin/").ok


@of("session")
def test_links_in_mails_lead_to_the_port_that_was_asked_for(demo: Demo) -> None:
    """F15: `make demo PORT=8111` sends links to port 8000."""
    Browser(demo.url).submit("/accounts/password_reset/", email="demo@example.com")
    wait_until(lambda: f"{demo.url}/accounts/reset/" in demo.printed())


@of("jwt")
def test_the_lines_for_the_api_work_when_pasted(demo: Demo) -> None:
    printed = demo.printed()
    lines = re.search(r"^TOKENS=.*?^curl.*?$", printed, re.DOTALL | re.MULTILINE)
    assert lines, printed
    done = subprocess.run(
        ["bash", "-c", f"{lines[0]}\necho; echo $ACCESS"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    me, access = done.stdout.splitlines()
    assert json.loads(me)["email"] == "demo@example.com"
    # F15: the issuer has the port that was asked for.
    claims = access.split(".")[1]
    padded = claims + "=" * (-len(claims) % 4)
    assert json.loads(base64.urlsafe_b64decode(padded))["iss"] == demo.url


@of()
def test_a_demo_installs_no_tools_of_the_tests(demo: Demo, clone: Path) -> None:
    assert demo
    names = {path.name for path in (clone / ".venv" / "bin").iterdir()}
    assert "cookiecutter" in names
    assert names & {"pytest", "kubectl", "podman-compose", "playwright", "mypy"} == set()
