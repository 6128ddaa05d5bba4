"""A generated project in production, as a browser sees it."""

from __future__ import annotations

import shutil
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING

import pytest
from aiosmtpd.controller import Controller

from tests.browser.visitor import Visitor
from tests.clients.mailbox import Mailbox
from tests.servers.gunicorn import COLLECT_STATIC_FILES, Project
from tests.servers.nginx import nginx
from tests.servers.ports import free_port
from tests.servers.postgresql import postgresql
from tests.servers.production import production
from tests.servers.redis import Redis
from tests.servers.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserType

    from tests.conftest import Bake
    from tests.servers.nginx import Proxy

STAFF = "staff@example.com"
CLERK = "clerk@example.com"
LINK = r"https://example\.com/accounts/verify-email/\S+/"
CREATE_CLERK = f"""
from accounts.models import User
staff = User.objects.get(email={STAFF!r})
staff.pk, staff.email, staff.is_superuser, staff._state.adding = None, {CLERK!r}, False, True
staff.save()
"""
QUIET = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
)


@dataclass
class Site:
    """The site, its mailbox, and browsers to visit it."""

    project: Project
    redis: Redis
    mailbox: Mailbox
    browser: Browser
    looks: bool
    titles: dict[str, str] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=count)
    visitors: list[Visitor] = field(default_factory=list)

    def visitor(self, **options: object) -> Visitor:
        """Return a visitor with a new browser."""
        visitor = Visitor(self.browser, self.titles, looks=self.looks, **options)
        self.visitors.append(visitor)
        return visitor

    def user(self) -> str:
        """Return the email address of a new user."""
        return f"{next(self.numbers)}@example.com"

    def mailed(self, address: str, pattern: str) -> str:
        """Wait for an email, and return the match of a pattern: its group, or all of it."""
        wait_until(lambda: self.mailbox.to(address, pattern) is not None)
        found = self.mailbox.to(address, pattern)
        assert found is not None
        return found[0]

    def leave(self) -> None:
        """Close the browsers, fail if they reported a problem, and reset the rate limits."""
        complaints = [complaint for visitor in self.visitors for complaint in visitor.complaints]
        for visitor in self.visitors:
            visitor.context.close()
        self.visitors.clear()
        self.redis.forget()
        assert complaints == []

    def sql(self, statement: str) -> None:
        """Execute SQL in the database, bypassing the project."""
        code = "import sys, psycopg; psycopg.connect(sys.argv[1], autocommit=True).execute"
        database = self.project.environment["DATABASE_URL"]
        command = [str(self.project.python), "-c", f"{code}(sys.argv[2])", database, statement]
        subprocess.run(command, check=True)


@contextmanager
def running(
    baked: Bake, python: Path, folder: Path, engine: BrowserType, *, looks: bool
) -> Iterator[Site]:
    """Start the project with all servers of production, and a browser.

    Args:
        baked: the generated project.
        python: a Python with its requirements.
        folder: the folder to run a copy in.
        engine: the browser to start.
        looks: whether its visitors check each page in full.
    """
    copy = baked.copy_to(folder)
    mailbox = Mailbox()
    smtp = Controller(mailbox, hostname="127.0.0.1", port=free_port())
    smtp.start()
    try:
        with postgresql(python) as database, Redis() as redis:
            settings = production(database, redis.url)
            settings |= {"EMAIL_URL": f"smtp://127.0.0.1:{smtp.port}", "WEB_CONCURRENCY": "1"}
            project = Project(copy.path, python, settings)
            project.prepare(CREATE_CLERK + COLLECT_STATIC_FILES)
            shipped = copy.path / "deploy/compose/nginx.conf"
            with (
                project.serve() as node,
                nginx(copy.path.parent / "nginx", shipped, node.bind, node.bind) as proxy,
                chromium(engine, *pretending_to_be_there(proxy)) as browser,
            ):
                yield Site(project, redis, mailbox, browser, looks)
    finally:
        smtp.stop()


def pretending_to_be_there(proxy: Proxy) -> tuple[str, ...]:
    """Return options that resolve https://example.com to the proxy and trust its key."""
    hosts = (
        f"MAP example.com:80 127.0.0.1:{proxy.http},"
        f"MAP example.com:443 127.0.0.1:{proxy.https},"
        "MAP * ~NOTFOUND"
    )
    return (
        f"--host-resolver-rules={hosts}",
        f"--ignore-certificate-errors-spki-list={proxy.key_hash}",
    )


@contextmanager
def chromium(engine: BrowserType, *options: str) -> Iterator[Browser]:
    """Start Chromium with the back/forward cache, as users have it."""
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("there is no chromium")
    browser = engine.launch(
        executable_path=path,
        args=[*QUIET, *options],
        ignore_default_args=["--disable-back-forward-cache"],
    )
    yield browser
    browser.close()
