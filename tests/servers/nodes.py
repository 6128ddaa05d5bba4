"""Generated projects that really run: servers, their database and their Redis."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit, urlunsplit

import pytest
import requests
from requests.adapters import HTTPAdapter

from tests.servers.ports import free_port

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Environment = dict[str, str]

PASSWORD = "a compiler in the attic"  # noqa: S105 - of a user of the tests
CREATE_USERS = f"""
from django.contrib.auth.hashers import make_password
from django.utils import timezone
from accounts.models import User
common = {{"password": make_password({PASSWORD!r}), "email_verified_at": timezone.now()}}
User.objects.create(email="staff@example.com", is_staff=True, is_superuser=True, **common)
User.objects.bulk_create(User(email=f"{{n}}@example.com", **common) for n in range(100))
"""


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


class Redis:
    """A Redis of our own, which has forgotten everything when it starts again."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"

    def __enter__(self) -> Self:
        if shutil.which("redis-server") is None:
            pytest.skip("there is no redis-server")
        self.start()
        wait_until(self.answers)
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()

    def start(self) -> None:
        options = ["--bind", "127.0.0.1", "--port", str(self.port), "--save", ""]
        self.process = subprocess.Popen(["redis-server", *options], stdout=subprocess.DEVNULL)

    def answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(7) == b"+PONG\r\n"
        except OSError:
            return False

    def forget(self) -> None:
        """Have it forget everything at once."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
            connection.sendall(b"FLUSHALL\r\n")
            assert connection.recv(5) == b"+OK\r\n"

    @contextmanager
    def away(self) -> Iterator[None]:
        """Stop it, and start it again in any case."""
        self.__exit__()
        try:
            yield
        finally:
            self.__enter__()


class FromAddress(HTTPAdapter):
    """Connects from one address of this machine."""

    def __init__(self, address: str) -> None:
        self.address = address
        super().__init__()

    def init_poolmanager(self, *words: Any, **options: Any) -> None:
        super().init_poolmanager(*words, source_address=(self.address, 0), **options)


class Node:
    """One server, behind a proxy that ends TLS."""

    def __init__(self, host: str) -> None:
        self.bind = f"127.0.0.1:{free_port()}"
        self.headers = {"Host": host, "X-Forwarded-Proto": "https"}
        self.address = "127.0.0.1"

    def called_from(self, address: str) -> None:
        """Have what follows come from this address, one of 127.0.0.0/8."""
        self.headers["X-Forwarded-For"] = self.address = address

    def call(
        self, method: str, path: str, bearer: str = "", headers: Any = (), **content: Any
    ) -> requests.Response:
        headers = self.headers | dict(headers)
        if bearer:
            headers["Authorization"] = f"Bearer {bearer}"
        url = f"http://{self.bind}{path}"
        with requests.Session() as session:
            session.mount("http://", FromAddress(self.address))
            return session.request(
                method, url, headers=headers, allow_redirects=False, timeout=30, **content
            )

    def is_ready(self) -> bool:
        try:
            return self.call("GET", "/health/ready/").ok
        except requests.ConnectionError:
            return False

    def sign_in(self, email: str) -> dict[str, str]:
        """Return the first pair of tokens."""
        answer = self.call("POST", "/api/auth/token/", json={"email": email, "password": PASSWORD})
        assert answer.ok, answer.text
        return answer.json()  # type: ignore[no-any-return]

    def refresh(self, token: str) -> requests.Response:
        return self.call("POST", "/api/auth/token/refresh/", json={"refresh": token})

    def accepts(self, access: str) -> bool:
        """Return whether an access token opens the API; nothing but a 401 says no."""
        status = self.call("GET", "/api/auth/sign-ins/", access).status_code
        assert status in {200, 401}
        return bool(status == requests.codes.ok)


class Project:
    """A generated project with a database of its own."""

    def __init__(self, path: Path, python: Path, environment: Environment) -> None:
        self.path, self.python = path, python
        self.environment = {
            "PATH": os.environ["PATH"],
            "PYTHONDONTWRITEBYTECODE": "1",
            **environment,
        }

    def manage(self, *words: str) -> None:
        done = subprocess.run(
            [self.python, "manage.py", *words],
            cwd=self.path,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr

    def prepare(self) -> None:
        """Create the tables and some users."""
        self.manage("migrate", "-v0")
        self.manage("shell", "-v0", "-c", CREATE_USERS)

    @contextmanager
    def serve(self, host: str = "example.com", **more: str) -> Iterator[Node]:
        """Start a server as the image does."""
        node = Node(host)
        log = self.path.parent / f"{node.bind}.log"
        server = subprocess.Popen(
            [
                *(self.python, "-m", "gunicorn"),
                *("--config", "deploy/gunicorn.conf.py", "--bind", node.bind),
            ],
            cwd=self.path,
            env=self.environment | more,
            stdout=log.open("wb"),
            stderr=subprocess.STDOUT,
        )
        try:
            wait_until(lambda: node.is_ready() or server.poll() is not None)
            assert server.poll() is None, log.read_text()
            yield node
        finally:
            server.terminate()
            server.wait(timeout=30)


@contextmanager
def postgresql(python: Path) -> Iterator[str]:
    """Create a database of our own, and drop it afterwards."""
    url = os.environ.get("DATABASE_URL", "")
    if not url.startswith("postgres"):
        pytest.skip("DATABASE_URL names no PostgreSQL")
    name = f"template_{secrets.token_hex(6)}"

    def execute(statement: str) -> None:
        code = "import sys, psycopg; psycopg.connect(sys.argv[1], autocommit=True).execute"
        maintenance = urlunsplit(urlsplit(url)._replace(path="/postgres"))
        subprocess.run([python, "-c", f"{code}(sys.argv[2])", maintenance, statement], check=True)

    execute(f"CREATE DATABASE {name}")
    try:
        yield urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
    finally:
        execute(f"DROP DATABASE {name} WITH (FORCE)")
