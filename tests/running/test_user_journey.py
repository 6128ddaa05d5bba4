"""A person's way through each generated service, over real HTTP with real mail."""

from __future__ import annotations

import os
import re
import subprocess
import time
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import default
from typing import TYPE_CHECKING

import pytest
import requests
from aiosmtpd.controller import Controller

from tests.servers.ports import free_port

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from email.message import EmailMessage
    from pathlib import Path

    from tests.conftest import Install

pytestmark = pytest.mark.slow

EMAIL = "grace@example.com"
PASSWORDS = ("a compiler in the attic", "nanoseconds of copper wire", "an admiral at the keyboard")
SECONDS_TO_START = 30


class Mailbox:
    """A mail server that keeps what it gets."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []

    async def handle_DATA(self, server: object, session: object, envelope: object) -> str:  # noqa: N802, ARG002 - aiosmtpd's name and signature
        self.mails.append(message_from_bytes(envelope.content, policy=default))  # type: ignore[attr-defined]
        return "250 OK"

    def to(self, address: str, pattern: str) -> re.Match[str] | None:
        """Return what `pattern` finds in a mail to `address`, if there is one yet."""
        bodies = [mail.get_body(("plain",)) for mail in self.mails if mail["To"] == address]
        found = (re.search(pattern, body.get_content()) for body in bodies if body is not None)
        return next(filter(None, found), None)

    def newest(self, pattern: str) -> re.Match[str]:
        """Return what `pattern` finds in the text of the newest mail."""
        body = self.mails[-1].get_body(("plain",))
        assert body is not None
        found = re.search(pattern, body.get_content())
        assert found, body.get_content()
        return found


@dataclass
class Service:
    """A generated service that is running."""

    url: str
    mailbox: Mailbox
    manage: Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def serve(bake_with_venv: Install, tmp_path: Path) -> Iterator[Callable[[str], Service]]:
    """Generate, install, migrate and start a model; stop it in the end."""
    running: list[subprocess.Popen[bytes]] = []
    controllers: list[Controller] = []

    def start(auth: str) -> Service:
        project, python = bake_with_venv(auth)
        mailbox = Mailbox()
        smtp = Controller(mailbox, hostname="127.0.0.1", port=free_port())
        smtp.start()
        controllers.append(smtp)
        port = free_port()
        environment = {
            "PATH": os.environ["PATH"],
            "DATABASE_URL": f"sqlite:///{tmp_path / auth}.sqlite3",
            "EMAIL_URL": f"smtp://127.0.0.1:{smtp.port}",
            "PUBLIC_BASE_URL": f"http://127.0.0.1:{port}",
            "PYTHONDONTWRITEBYTECODE": "1",
        }

        def manage(*words: str, **more: str) -> subprocess.CompletedProcess[str]:
            return subprocess.run(
                [python, "manage.py", *words],
                cwd=project.path,
                env=environment | more,
                check=True,
                capture_output=True,
                text=True,
            )

        manage("migrate", "-v0")
        server = subprocess.Popen(
            [python, "manage.py", "runserver", "--noreload", f"127.0.0.1:{port}"],
            cwd=project.path,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=(tmp_path / "server.log").open("wb"),
        )
        running.append(server)
        url = f"http://127.0.0.1:{port}"
        deadline = time.monotonic() + SECONDS_TO_START
        while time.monotonic() < deadline:
            try:
                if (
                    requests.get(f"{url}/health/ready/", timeout=5).status_code
                    == requests.codes.ok
                ):
                    return Service(url, mailbox, manage)
            except requests.ConnectionError:
                time.sleep(0.1)
        pytest.fail((tmp_path / "server.log").read_text())

    yield start
    for server in running:
        server.terminate()
        server.wait(timeout=10)
    for smtp in controllers:
        smtp.stop()


class Browser(requests.Session):
    """A browser without scripts: it keeps cookies and fills in forms."""

    def __init__(self, service: Service) -> None:
        super().__init__()
        self.service = service

    def open(self, path: str) -> requests.Response:
        return self.get(path if path.startswith("http") else self.service.url + path, timeout=10)

    def submit(self, path: str, **fields: str) -> requests.Response:
        """Open the page and post its form."""
        page = self.open(path)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        assert token, page.text
        return self.post(
            page.url,
            data={"csrfmiddlewaretoken": token[1], **fields},
            headers={"Referer": page.url},
            timeout=10,
        )

    def is_signed_in(self) -> bool:
        return self.open("/accounts/profile/").url == f"{self.service.url}/accounts/profile/"


@pytest.mark.parametrize("auth", ["session", "both"])
def test_pages(auth: str, serve: Callable[[str], Service]) -> None:
    service = serve(auth)
    mail, browser = service.mailbox, Browser(service)

    browser.submit("/accounts/signup/", email=EMAIL, name="Grace", password=PASSWORDS[0])
    refused = browser.submit("/accounts/login/", username=EMAIL, password=PASSWORDS[0])
    assert refused.url.endswith("/accounts/login/")
    browser.submit(mail.newest(r"http://\S+/accounts/verify-email/\S+/")[0])

    browser.submit("/accounts/login/", username=EMAIL.upper(), password=PASSWORDS[0])
    assert EMAIL in browser.open("/accounts/profile/").text

    elsewhere = Browser(service)
    elsewhere.submit("/accounts/login/", username=EMAIL, password=PASSWORDS[0])
    assert elsewhere.is_signed_in()
    browser.submit(
        "/accounts/password_change/",
        old_password=PASSWORDS[0],
        new_password1=PASSWORDS[1],
        new_password2=PASSWORDS[1],
    )
    assert browser.is_signed_in()
    assert not elsewhere.is_signed_in()

    elsewhere.submit("/accounts/password_reset/", email=EMAIL)
    link = mail.newest(r"http://\S+/accounts/reset/\S+/")[0]
    elsewhere.submit(link, new_password1=PASSWORDS[2], new_password2=PASSWORDS[2])
    assert not browser.is_signed_in()
    browser.submit("/accounts/login/", username=EMAIL, password=PASSWORDS[2])
    assert browser.is_signed_in()

    cookies = browser.cookies.copy()
    browser.submit("/accounts/profile/", name="Grace")
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', browser.open("/").text)
    assert token
    browser.post(
        f"{service.url}/accounts/logout/", data={"csrfmiddlewaretoken": token[1]}, timeout=10
    )
    assert not browser.is_signed_in()
    browser.cookies = cookies
    assert not browser.is_signed_in()


@pytest.mark.parametrize("auth", ["jwt", "both"])
def test_api(auth: str, serve: Callable[[str], Service]) -> None:
    service = serve(auth)
    mail = service.mailbox

    def call(path: str, bearer: str = "", **body: str) -> requests.Response:
        headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        return requests.post(
            f"{service.url}/api/auth/{path}", json=body, headers=headers, timeout=10
        )

    def me(bearer: str) -> requests.Response:
        headers = {"Authorization": f"Bearer {bearer}"}
        return requests.get(f"{service.url}/api/auth/me/", headers=headers, timeout=10)

    accepted, done, refused = requests.codes.accepted, requests.codes.no_content, 401
    assert call("register/", email=EMAIL, password=PASSWORDS[0]).status_code == accepted
    assert call("token/", email=EMAIL, password=PASSWORDS[0]).status_code == refused
    pattern = r"verify-email/([^/\s]+)/" if auth == "both" else r"#token=(\S+)"
    assert call("email/verify/", token=mail.newest(pattern)[1]).status_code == done

    first = call("token/", email=EMAIL, password=PASSWORDS[0]).json()
    assert me(first["access"]).json()["email"] == EMAIL
    second = call("token/refresh/", refresh=first["refresh"]).json()
    assert me(second["access"]).ok

    elsewhere = call("token/", email=EMAIL, password=PASSWORDS[0]).json()
    changed = call(
        "password/change/",
        bearer=second["access"],
        current_password=PASSWORDS[0],
        new_password=PASSWORDS[1],
    )
    assert changed.status_code == done
    assert me(second["access"]).ok
    assert me(elsewhere["access"]).status_code == refused

    assert call("password/reset/", email=EMAIL).status_code == accepted
    pattern = r"reset/([^/\s]+)/([^/\s]+)/" if auth == "both" else r"#uid=([^&]+)&token=(\S+)"
    uid, token = mail.newest(pattern).groups()
    reset = call("password/reset/confirm/", uid=uid, token=token, new_password=PASSWORDS[2])
    assert reset.status_code == done
    assert me(second["access"]).status_code == refused

    third = call("token/", email=EMAIL, password=PASSWORDS[2]).json()
    assert call("token/revoke/", refresh=third["refresh"]).status_code == done
    assert me(third["access"]).status_code == refused
    assert call("token/refresh/", refresh=third["refresh"]).status_code == refused
