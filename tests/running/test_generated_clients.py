"""Clients of the API: those generated from its description, and the documented one for apps."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING

import pytest
import requests

from tests.clients.api import PASSWORD
from tests.environments import interpreter, uv
from tests.servers.development import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import Install
    from tests.servers.development import Service

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("generated-clients")]

HERE = Path(__file__).parent
SCRIPTS = HERE / "generated_clients"
# Exact types of TypeScript, and every problem is an error.
TSC = (
    *("--strict", "--exactOptionalPropertyTypes", "--noUncheckedIndexedAccess"),
    *("--target", "es2022", "--module", "nodenext", "--types", "node", "--skipLibCheck"),
)
LINKS = {"jwt": r"#token=(\S+)", "both": r"verify-email/([^/\s]+)/"}


@pytest.fixture(scope="module", params=["both", pytest.param("jwt", marks=pytest.mark.nightly)])
def model(request: pytest.FixtureRequest) -> str:
    """The model; the API of both has all endpoints of the other one."""
    return str(request.param)


@pytest.fixture(scope="module")
def service(
    model: str, bake_with_venv: Install, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    with serving(bake_with_venv, tmp_path_factory.mktemp("service")) as start:
        yield start(model)


@pytest.fixture(scope="module")
def description(service: Service, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The OpenAPI description, made as docs/api.md says."""
    path = tmp_path_factory.mktemp("description") / "openapi.json"
    service.manage("spectacular", "--format", "openapi-json", "--file", str(path))
    return path


@pytest.fixture(scope="module")
def node_tools(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the packages for TypeScript."""
    if shutil.which("npm") is None:
        pytest.skip("there is no npm")
    folder = tmp_path_factory.mktemp("typescript")
    shutil.copy(SCRIPTS / "package.json", folder)
    words = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"]
    subprocess.run(words, cwd=folder, check=True, timeout=300)
    return folder


def run(folder: Path, *words: str | Path, path: Path | None = None) -> None:
    """Run a tool, which must find no problem."""
    done = subprocess.run(
        words,
        cwd=folder,
        env={"PATH": os.pathsep.join(map(str, filter(None, [path, os.environ["PATH"]])))},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def travel(service: Service, model: str, email: str, *command: str | Path) -> None:
    """Run a client that signs up, and hand it the link of the email."""
    with subprocess.Popen(
        [*command, service.url, email],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        link = ""
        if process.stdout.readline() == "registered\n":
            link = service.mailbox.newest(LINKS[model])[1]
        _, errors = process.communicate(f"{link}\n", timeout=300)
    assert (process.returncode, errors) == (0, "")


@pytest.mark.nightly
def test_python_client_accompanies_a_user(
    service: Service, model: str, description: Path, tmp_path: Path
) -> None:
    uv(f"venv --quiet {tmp_path / 'venv'}")
    python = interpreter(tmp_path / "venv")
    uv(f"pip install --quiet --python {python} openapi-python-client>=0.29")
    # The journey imports it from its own folder.
    shutil.copy(SCRIPTS / "journey.py", tmp_path)
    words = ["generate", "--meta", "none", "--output-path", "api_client", "--fail-on-warning"]
    generator = python.with_name("openapi-python-client")
    run(tmp_path, generator, *words, "--path", description, path=python.parent)

    travel(service, model, "python@example.com", python, tmp_path / "journey.py")


def test_typescript_client_accompanies_a_user(
    service: Service, model: str, description: Path, node_tools: Path
) -> None:
    tools = node_tools / "node_modules/.bin"
    shutil.copy(SCRIPTS / "journey.ts", node_tools)
    run(node_tools, tools / "openapi-typescript", description, "--output", "schema.d.ts")
    run(node_tools, tools / "tsc", *TSC, "journey.ts")

    travel(service, model, "typescript@example.com", "node", node_tools / "journey.js")


@dataclass
class LossyNetwork:
    """A proxy that forwards requests, and loses the responses to the first two refreshes."""

    target: str
    refreshes: list[tuple[str, int]] = field(default_factory=list)
    ended: Event = field(default_factory=Event)

    @contextmanager
    def listening(self) -> Iterator[str]:
        """Yield the URL."""
        network = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                network.handle(self)

            def do_POST(self) -> None:
                network.handle(self)

            def log_message(self, *_: object) -> None:
                """Write nothing."""

        with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
            thread = Thread(target=server.serve_forever)
            thread.start()
            yield f"http://127.0.0.1:{server.server_port}"
            self.ended.set()
            server.shutdown()
            thread.join()

    def handle(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers.get("Content-Length", 0)))
        response = requests.request(
            request.command,
            f"{self.target}{request.path}",
            data=body,
            headers={
                name: request.headers[name]
                for name in ("Authorization", "Content-Type")
                if name in request.headers
            },
            timeout=60,
        )
        if request.path.endswith("/refresh/"):
            self.refreshes.append((json.loads(body)["refresh"], response.status_code))
            if len(self.refreshes) == 1:
                # The connection breaks.
                return
            if len(self.refreshes) == 2:
                # Nothing arrives, until the client has given up.
                self.ended.wait(60)
                return
        request.send_response(response.status_code)
        request.send_header("Content-Type", "application/json")
        request.send_header("Content-Length", str(len(response.content)))
        request.end_headers()
        request.wfile.write(response.content)


def test_documented_client_for_apps_survives_lost_responses(
    service: Service, model: str, tmp_path: Path
) -> None:
    """B01, B02: the client of docs/recipes/api/mobile-client.md."""
    documents = service.path / "docs/recipes/api"
    text = (documents / "mobile-client.md").read_text("utf-8")
    found = re.search(r"```js\n(.*?)```", text, re.DOTALL)
    assert found
    shutil.copy(documents / "mobile-client.js", tmp_path / "mobile-client.mjs")
    script = (SCRIPTS / "app.mjs").read_text("utf-8").replace("// EXAMPLE", found[1])
    (tmp_path / "app.mjs").write_text(script)
    email = "app@example.com"
    network = LossyNetwork(service.url)
    with network.listening() as url:
        sign_up = {"email": email, "password": PASSWORD}
        requests.post(f"{url}/api/auth/register/", json=sign_up, timeout=60)
        token = {"token": service.mailbox.newest(LINKS[model])[1]}
        assert requests.post(f"{url}/api/auth/email/verify/", json=token, timeout=60).ok
        run(tmp_path, "node", tmp_path / "app.mjs", url, email, PASSWORD)

    tokens, statuses = zip(*network.refreshes, strict=True)
    # The server has accepted the same token three times, and the app went on with its successor.
    assert statuses == (200, 200, 200, 200)
    assert len(set(tokens[:3])) == 1
    assert tokens[3] != tokens[0]
