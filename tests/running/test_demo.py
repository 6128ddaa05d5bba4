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
from tests.conftest import MODELS
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
def demos(start: Callable[[str], Demo]) -> dict[str, Demo]:
    """A demo of each model, one after the other in the same clone."""
    return {auth: start(auth) for auth in MODELS}


@pytest.mark.parametrize("auth", ["session", "both"])
def test_the_user_signs_in_on_the_page(demos: dict[str, Demo], auth: str) -> None:
    printed = demos[auth].printed()
    found = re.search(r"(\S+/) and sign in as (\S+) with the password (\S+)", printed)
    assert found, printed
    address, email, password = found.groups()
    assert address.startswith(demos[auth].url)
    browser = Browser(demos[auth].url)
    browser.submit("/accounts/login/", username=email, password=password)
    assert browser.is_signed_in()
    assert browser.open("/admin/").ok


def test_links_in_mails_lead_to_the_port_that_was_asked_for(demos: dict[str, Demo]) -> None:
    """F15: `make demo PORT=8111` sends links to port 8000."""
    demo = demos["session"]
    Browser(demo.url).submit("/accounts/password_reset/", email="demo@example.com")
    wait_until(lambda: f"{demo.url}/accounts/reset/" in demo.printed())


@pytest.mark.parametrize("auth", ["jwt", "both"])
def test_the_lines_for_the_api_work_when_pasted(demos: dict[str, Demo], auth: str) -> None:
    printed = demos[auth].printed()
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
    assert json.loads(base64.urlsafe_b64decode(padded))["iss"] == demos[auth].url


def test_a_demo_installs_no_tools_of_the_tests(demos: dict[str, Demo], clone: Path) -> None:
    assert demos
    names = {path.name for path in (clone / ".venv" / "bin").iterdir()}
    assert "cookiecutter" in names
    assert names & {"pytest", "kubectl", "podman-compose", "playwright", "mypy"} == set()


def test_a_second_demo_replaces_the_first(
    demos: dict[str, Demo], start: Callable[[str], Demo]
) -> None:
    demos["session"].stop()
    again = start("session")
    assert again.url != demos["session"].url
    assert requests.get(f"{again.url}/accounts/login/", timeout=60).ok
