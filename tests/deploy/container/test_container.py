"""The container image and the Compose file, built and run by `make test-container`.

Base images are built from Debian packages under the names that the files use, so the files are
tested unchanged and nothing is pulled from a registry.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import requests

from tests.conftest import MODELS
from tests.deploy.container.engine import BUILD, CERTIFICATES, Compose, Engine, Network
from tests.deploy.container.visitor import EMAIL, HOST, PASSWORD, Visitor
from tests.servers.certificates import make_certificate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import Bake, Baker

pytestmark = [pytest.mark.container, pytest.mark.xdist_group("container")]

NGINX_USER = 101
NO_CAPABILITIES = "0" * 16
# Megabytes of the whole image, and of what is on top of the base image.
MEASURED_SIZES = {"session": (207, 74), "jwt": (268, 136), "both": (273, 140)}
BUILD_OPTIONS = " ".join([*BUILD, CERTIFICATES, "--pull=never"])


@dataclass
class Deployment:
    """A project that was deployed as its documents describe."""

    baked: Bake
    engine: Engine
    compose: Compose
    image: str
    certificate: Path

    @property
    def auth(self) -> str:
        return self.baked.answers["auth"]

    def client(self) -> Visitor:
        return Visitor(self.certificate)

    def sign_in(self) -> None:
        """Sign in through the proxy in each way of the model, and read the profile."""
        if self.auth != "jwt":
            self.client().sign_in_on_the_page()
        if self.auth != "session":
            self.client().sign_in_by_the_api()


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    """Start an engine with short paths, because podman puts sockets below them."""
    root = Path(tempfile.mkdtemp(prefix="containers-"))
    engine = Engine(root)
    try:
        engine.make_base("python:3.13-slim")
        yield engine
    finally:
        engine.run("podman", "system", "reset", "--force")
        shutil.rmtree(root)


@pytest.fixture(scope="session")
def servers(engine: Engine, bake: Baker) -> Engine:
    compose = Compose(engine, bake(auth="both", deployment="both").path).read("compose.yaml")
    images = {
        stage: re.findall(rf"image: (\S*{stage}\S*)$", compose, re.MULTILINE)[0]
        for stage in ("postgres", "valkey", "nginx")
    }
    engine.make_servers(images)
    return engine


def fill_in(example: str, tls: Path) -> str:
    """Fill in only the variables that the example leaves empty."""
    values = {
        "TLS_DIRECTORY": str(tls),
        "SECRET_KEY": secrets.token_urlsafe(64),
        "JWT_SIGNING_KEYS": f"key-1:{secrets.token_urlsafe(32)}",
        "FRONTEND_URL": "https://app.example.com",
        "ADMIN_URL": "back-office/",
        "EMAIL_URL": "console:",
        "POSTGRES_PASSWORD": secrets.token_urlsafe(64),
        "VALKEY_PASSWORD": secrets.token_urlsafe(64),
    }
    return re.sub(
        r"^([A-Z_]+)=$", lambda line: f"{line[1]}={values[line[1]]}", example, flags=re.MULTILINE
    )


@pytest.fixture(scope="module", params=MODELS)
def deployment(
    request: pytest.FixtureRequest,
    servers: Engine,
    bake: Baker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Deployment]:
    """Follow the steps of `docs/compose.md`, one by one."""
    folder = tmp_path_factory.mktemp("deployed")
    baked = bake(auth=request.param, deployment="both").copy_to(folder)
    compose = Compose(servers, baked.path)
    certificate, key = make_certificate(folder / "tls", HOST)
    os.chown(key, NGINX_USER, NGINX_USER)

    environment = compose.folder / ".env"
    environment.write_text(fill_in(compose.read(".env.example"), certificate.parent))
    environment.chmod(0o600)
    compose("config")
    # Images first, because nothing outside can be reached later.
    (image,) = re.findall(
        r"docker build --file deploy/Dockerfile --tag (\S+) \.",
        (baked.path / "docs" / "image.md").read_text("utf-8"),
    )
    begun = time.monotonic()
    servers.run(
        *("buildah", "bud", *BUILD, CERTIFICATES, "--pull-never", "--layers"),
        *("--file", "deploy/Dockerfile", "--tag", image, "."),
        folder=baked.path,
    )
    built = time.monotonic() - begun
    compose("--podman-build-args", BUILD_OPTIONS, "build", "web-1")

    with Network().entered():
        try:
            compose("up", "--detach", "--no-deps", "database", "cache")
            compose.wait("database", "cache")
            compose("run", "--rm", "--no-deps", "-T", "migrate")
            compose(
                *("run", "--rm", "--no-deps", "-T", "-e", f"DJANGO_SUPERUSER_PASSWORD={PASSWORD}"),
                *("migrate", "python", "manage.py", "createsuperuser", "--noinput"),
                *("--email", EMAIL),
            )
            compose("up", "--detach", "--no-deps", "web-1", "web-2")
            compose.wait("web-1", "web-2")
            compose("up", "--detach", "--no-deps", "proxy")
            print(f"{baked.answers['auth']}: built in {built:.0f} s")
            yield Deployment(baked, servers, compose, image, certificate)
        finally:
            compose("down", "--volumes")


def test_sign_in(deployment: Deployment) -> None:
    deployment.sign_in()


def test_the_image_contains_only_what_runs(deployment: Deployment) -> None:
    listed = deployment.compose.inside("web-1", "find", "/app", "-not", "-path", "*/staticfiles/*")
    names = {line.removeprefix("/app/") for line in listed.splitlines()}
    assert {"manage.py", "accounts/models.py", "staticfiles", "deploy/healthcheck.py"} <= names
    unwanted = re.compile(
        r"(^|/)(\.env.*|\.git.*|\.venv|tests|docs|compose|kubernetes|.*\.(pem|key|sqlite3))$"
    )
    assert [name for name in names if unwanted.search(name)] == []
    writable = deployment.compose.inside("web-1", "find", "/app", "/opt/venv", "-writable")
    assert [line for line in writable.splitlines() if not line.startswith("find:")] == []


def test_the_image_holds_no_secret(deployment: Deployment) -> None:
    inspected = deployment.engine.run(
        "podman", "image", "inspect", "--format", "{{.Config.Env}} {{.History}}", deployment.image
    )
    assert "DJANGO_SETTINGS_MODULE=config.settings.production" in inspected
    history = inspected.replace('SECRET_KEY="$(random)"', "").replace("build:$(random)", "")
    assert not re.search(r"SECRET_KEY=|token_urlsafe\(\d+\)\)?=|PASSWORD=", history)


def test_the_image_is_small(deployment: Deployment) -> None:
    whole = deployment.engine.size(deployment.image)
    own = whole - deployment.engine.size("python:3.13-slim")
    print(f"{deployment.auth}: {whole:.0f} MB, of which {own:.0f} MB are on top of the base image")
    document = (deployment.baked.path / "docs" / "image.md").read_text("utf-8")
    (documented,) = re.findall(
        r"image had less than (\d+) MB, of which less than (\d+) MB", document
    )
    assert whole < int(documented[0])
    assert own < int(documented[1])
    assert (whole, own) == pytest.approx(MEASURED_SIZES[deployment.auth], rel=0.2)


def test_a_container_has_no_rights(deployment: Deployment) -> None:
    compose = deployment.compose
    for service in ("web-1", "web-2"):
        assert compose.inspect(service, ".HostConfig.ReadonlyRootfs") == "true"
        assert compose.inside(service, "id", "-u").strip() == "10001"
        status = compose.inside(service, "cat", "/proc/1/status")
        for kind in ("CapEff", "CapPrm", "CapBnd"):
            assert f"{kind}:\t{NO_CAPABILITIES}" in status
        assert "NoNewPrivs:\t1" in status
        compose.inside(service, "touch", "/tmp/written")
        assert "Read-only" in compose.inside(service, "touch", "/app/written", fails=True)


def test_nothing_is_written_to_the_root(deployment: Deployment) -> None:
    deployment.sign_in()
    # What podman itself mounts into each container shows as a change of these folders.
    changed = deployment.engine.run("podman", "diff", deployment.compose.container("web-1"))
    assert set(changed.split("\n")) <= {"", "C /etc", "C /run", "A /run/.containerenv"}


def test_the_health_check_tells(deployment: Deployment) -> None:
    compose = deployment.compose
    assert compose.is_healthy("web-1")
    compose.inside("web-1", "python", "deploy/healthcheck.py")
    container = ("podman", "run", "--rm", "--network=none", f"--env=ALLOWED_HOSTS={HOST}")
    printed = deployment.engine.run(
        *container, deployment.image, "python", "deploy/healthcheck.py", fails=True
    )
    assert "ConnectionRefusedError" in printed


def test_one_of_two_containers_is_enough(deployment: Deployment) -> None:
    """Also measures how long a container takes to stop and to start."""
    compose, engine = deployment.compose, deployment.engine
    begun = time.monotonic()
    engine.run("podman", "stop", "--time", "40", compose.container("web-1"))
    ended = time.monotonic() - begun
    assert compose.inspect("web-1", ".State.ExitCode") == "0"
    assert "Handling signal: term" in engine.run("podman", "logs", compose.container("web-1"))
    deployment.sign_in()

    begun = time.monotonic()
    engine.run("podman", "start", compose.container("web-1"))
    compose.wait("web-1")
    print(f"{deployment.auth}: ends in {ended:.1f} s, starts in {time.monotonic() - begun:.1f} s")
    compose.take_up("web-1")
    assert ended < 15
    deployment.sign_in()


def test_a_new_version(deployment: Deployment) -> None:
    """One web container after the other, while a user signs in."""
    compose = deployment.compose
    environment = compose.folder / ".env"
    environment.write_text(compose.read(".env").replace("VERSION=0.1.0", "VERSION=0.1.1"))
    compose("--podman-build-args", BUILD_OPTIONS, "build", "web-1")
    compose("run", "--rm", "--no-deps", "-T", "migrate")
    for service in ("web-1", "web-2"):
        compose("up", "--detach", "--no-deps", service)
        compose.take_up(service)
        assert compose.inspect(service, ".ImageName").endswith(":0.1.1")
        deployment.sign_in()


def test_housekeeping(deployment: Deployment) -> None:
    deployment.compose(
        "--profile", "housekeeping", "run", "--rm", "--no-deps", "-T", "housekeeping"
    )


def test_the_proxy_reaches_no_data(deployment: Deployment) -> None:
    compose = deployment.compose
    assert compose.inside("proxy", "getent", "hosts", "web-1")
    compose.inside("proxy", "getent", "hosts", "database", fails=True)


def test_requests_for_an_unknown_host_get_no_response(deployment: Deployment) -> None:
    client = deployment.client().http
    assert client.get("http://127.0.0.1/", allow_redirects=False, timeout=30).status_code == 301
    client.headers["Host"] = "other.example.com"
    with pytest.raises(requests.ConnectionError):
        client.get("http://127.0.0.1/", allow_redirects=False, timeout=30)
