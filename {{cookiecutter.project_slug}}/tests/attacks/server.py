"""The service as it runs in production: gunicorn on a port of this machine, behind a proxy.

The tests take the place of the proxy: they set the headers for the client's IP address and TLS.
"""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from email import message_from_string
from email.message import Message
from email.policy import default
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from secrets import token_hex
from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings

from tests.conftest import KEY_PREFIX

PROJECT = Path(__file__).resolve().parents[2]
HOST = "example.com"
# Two parts of a request as bytes: what an honest one says through the proxy, and its end.
HONEST = f"Host: {HOST}\r\nX-Forwarded-Proto: https\r\n".encode()
END = b"Connection: close\r\n\r\n"
PASSWORD = "a long walk by the sea"
# How many attempts are allowed, and within how many seconds.
LIMITS: Mapping[str, tuple[int, int]] = settings.RATE_LIMITS
USERS = [f"user{number}@example.com" for number in range(1000)]
PREPARE = """
import django
django.setup()
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.utils import timezone
from accounts.models import User
from tests.attacks.server import PASSWORD, USERS
connection.creation.create_test_db(verbosity=0, autoclobber=True)
common = {"password": make_password(PASSWORD), "email_verified_at": timezone.now()}
User.objects.bulk_create(User(email=email, **common) for email in USERS)
User.objects.create(email="staff@example.com", is_staff=True, is_superuser=True, **common)
"""
CLEAR_AWAY = """
import django
django.setup()
from django.db import connection
connection.creation.destroy_test_db(verbosity=0)
"""
_networks = count(1)
_users = iter(USERS)


def environment(database: str, redis_url: str = "") -> dict[str, str]:
    """Return the variables of a process of the service."""
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.attacks.production",
        "SERVER_DATABASE": database,
        "SERVER_CACHE": redis_url,
        "SERVER_CACHE_PREFIX": f"{KEY_PREFIX}{token_hex(8)}",
    }


def run(code: str, variables: Mapping[str, str]) -> None:
    """Run code in a process of the service."""
    command = [sys.executable, "-c", code]
    subprocess.run(command, cwd=PROJECT, env=variables, check=True)  # noqa: S603 - our own code


@contextmanager
def prepared(folder: Path) -> Iterator[str]:
    """Create a database with users for all servers, and yield its URL."""
    given = urlsplit(os.environ.get("DATABASE_URL", ""))
    url = given._replace(path=f"/security_{token_hex(6)}").geturl()
    if not given.scheme.startswith("postgres"):
        url = f"sqlite:///{folder}/db.sqlite3"
    run(PREPARE, environment(url))
    yield url
    run(CLEAR_AWAY, environment(url))


def somewhere() -> str:
    """Return an IP address in a network that no other request comes from."""
    return f"2001:db8:0:{next(_networks):x}::1"


class Answer(NamedTuple):
    """A response."""

    status: int
    headers: Message
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


class Server:
    """A running service."""

    def __init__(
        self,
        folder: Path,
        database: str,
        redis_url: str = "",
        workers: int = 1,
        options: Sequence[str] = (),
        **variables: str,
    ) -> None:
        self.out, self.err = folder / "out", folder / "err"
        self.environment = environment(database, redis_url) | variables
        self.workers = workers
        self.options = options
        self.port = 0
        self.process: subprocess.Popen[bytes] | None = None

    @contextmanager
    def running(self) -> Iterator[None]:
        """Start the service, and stop it at the end."""
        with self.out.open("wb") as out, self.err.open("wb") as err:
            command = [sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", "127.0.0.1:0"]
            command += ["--threads", "8", "--workers", str(self.workers), "--no-control-socket"]
            command += ["--forwarded-allow-ips", ""]
            command += self.options
            process = subprocess.Popen(  # noqa: S603 - our own command
                command, cwd=PROJECT, env=self.environment, stdout=out, stderr=err
            )
            try:
                self.wait_until_ready(process)
                self.process = process
                yield
            finally:
                process.terminate()
                process.wait(timeout=30)

    def wait_until_ready(self, process: "subprocess.Popen[bytes]") -> None:
        deadline = time.monotonic() + 30
        while True:
            assert process.poll() is None, self.err.read_text()
            assert time.monotonic() < deadline, self.err.read_text()
            found = re.search(r"127\.0\.0\.1:(\d+)", self.err.read_text())
            if found:
                self.port = int(found[1])
                try:
                    if self.call("GET", "/health/live/").status == 200:
                        return
                except OSError:
                    pass
            time.sleep(0.05)

    def call(
        self,
        method: str,
        path: str,
        body: bytes | str | None = None,
        headers: Mapping[str, str] = {},
        address: str | None = None,
        scheme: str = "https",
    ) -> Answer:
        """Send a request as the proxy would pass it on, by default from a new IP address."""
        # The tests compare English texts.
        english = {"Accept-Language": "en"}
        sent = {"Host": HOST, "X-Forwarded-Proto": scheme, **english, **headers}
        sent.setdefault("X-Forwarded-For", address or somewhere())
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body, sent)
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def raw(self, data: bytes) -> bytes:
        """Send bytes, and return everything received until the connection is closed."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as connection:
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
            received = b""
            while chunk := connection.recv(65536):
                received += chunk
            return received

    def new_user(self) -> str:
        """Return the email address of a new user."""
        return next(_users)

    def mail_to(self, email: str, about: str = "", after: int = 0) -> str:
        """Return the newest mail to an address, once it is there, that has this in it.

        Args:
            email: the address.
            about: what is in it.
            after: the number of emails to that address before.
        """
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            emails = [mail for mail in self._mails() if f"\nTo: {email}\n" in mail]
            for mail in reversed(emails[after:]):
                if about in (found := decoded(mail)):
                    return found
            time.sleep(0.05)
        raise AssertionError(email)

    def mails_to(self, email: str) -> int:
        """Return the number of emails to an address."""
        return sum(f"\nTo: {email}\n" in mail for mail in self._mails())

    def _mails(self) -> list[str]:
        return self.out.read_text("utf-8").split("-" * 79)

    def log(self) -> str:
        """Return the log."""
        return self.err.read_text("utf-8")


def status_of(received: bytes) -> int:
    """Return the status of the first response in received bytes."""
    found = re.match(rb"HTTP/1\.1 (\d{3})", received)
    assert found, received
    return int(found[1])


def decoded(mail: str) -> str:
    """Return the headers and texts of an email, with wrapped lines joined."""
    message = message_from_string(mail.lstrip(), policy=default)
    # The other parts are images, such as the logo.
    parts = [part for part in message.walk() if part.get_content_maintype() == "text"]
    texts = [part.get_content() for part in parts]
    return "\n".join([*(f"{name}: {value}" for name, value in message.items()), *texts])
