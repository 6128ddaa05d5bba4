"""A front end on another origin than its API, which keeps refresh tokens in cookies."""

from __future__ import annotations

import ssl
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from tests.browser.site import chromium
from tests.servers.certificates import hash_of_key, make_certificate
from tests.servers.gunicorn import Gunicorn, Project
from tests.servers.nginx import nginx
from tests.servers.postgresql import postgresql
from tests.servers.production import production
from tests.servers.redis import Redis

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, BrowserType, Page

    from tests.conftest import Install

API, APP = "https://example.com", "https://app.example.com"


class Elsewhere(BaseHTTPRequestHandler):
    """A server of other origins, with an empty page."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<p>")

    def log_message(self, *_: object) -> None:
        """Write nothing."""


@contextmanager
def serving(folder: Path) -> Iterator[tuple[int, str]]:
    """Serve other origins over TLS; yield the port and the hash of the key."""
    certificate, key = make_certificate(folder, "elsewhere")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    with ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port, hash_of_key(key)
        server.shutdown()
        thread.join()


@pytest.fixture(scope="package")
def project(
    bake_with_venv: Install, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Project]:
    """A project that keeps refresh tokens in cookies, for a front end on another origin."""
    baked, python = bake_with_venv("jwt")
    copy = baked.copy_to(tmp_path_factory.mktemp("cookie"))
    with postgresql(python) as database, Redis() as redis:
        settings = production(database, redis.url)
        settings |= {"JWT_REFRESH_COOKIE": "true", "CORS_ALLOWED_ORIGINS": APP}
        project = Project(copy.path, python, settings)
        project.prepare()
        yield project


@pytest.fixture(scope="package")
def node(project: Project) -> Iterator[Gunicorn]:
    """The server of the API."""
    with Gunicorn(project.python, project.path.parent / "server.log") as started:
        started.start(project.path, project.environment | {"WEB_CONCURRENCY": "1"})
        yield started


@pytest.fixture(scope="package")
def browser(project: Project, node: Gunicorn, engine: BrowserType) -> Iterator[Browser]:
    """A browser that resolves example.com to the service and all other hosts to `Elsewhere`."""
    folder = project.path.parent
    shipped = project.path / "deploy/compose/nginx.conf"
    with (
        serving(folder / "tls") as (port, key_hash),
        nginx(folder / "nginx", shipped, node.bind, node.bind) as proxy,
        chromium(
            engine,
            f"--host-resolver-rules=MAP example.com:443 127.0.0.1:{proxy.https},"
            f"MAP *:443 127.0.0.1:{port}",
            f"--ignore-certificate-errors-spki-list={proxy.key_hash},{key_hash}",
        ) as started,
    ):
        yield started


@contextmanager
def visiting(browser: Browser) -> Iterator[BrowserContext]:
    """Open a browser of a new user, whose scripts run on documents without a script as well.

    No request is intercepted: Playwright would answer preflight requests itself.
    """
    context = browser.new_context(bypass_csp=True)
    yield context
    context.close()


def tab_at(context: BrowserContext, origin: str) -> Page:
    page = context.new_page()
    page.goto(f"{origin}/.well-known/jwks.json")
    return page
