"""The client for browsers that docs/recipes/api/browser-client.md offers, in several tabs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.browser import marks
from tests.browser.front_end import API, APP, tab_at, visiting
from tests.clients.api import PASSWORD
from tests.servers.waiting import wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, Page

    from tests.servers.gunicorn import Gunicorn, Project

pytestmark = marks

# Makes all access tokens of the first server expire at the same time.
SITECUSTOMIZE = """
from datetime import UTC, datetime, timedelta
import time_machine
time_machine.travel(datetime.now(UTC) + timedelta(minutes=20)).start()
"""
FIRST, SECOND = "0@example.com", "1@example.com"
START_REQUEST = """() => {
    window.request = client.fetch("/api/auth/me/").then(async (response) =>
        [response.status, (await response.json()).email]);
}"""


class Tab:
    """A tab of the front end, which has loaded the client and run the example."""

    def __init__(self, context: BrowserContext, project: Project, email: str) -> None:
        documents = project.path / "docs/recipes/api"
        text = (documents / "browser-client.md").read_text("utf-8")
        found = re.search(r"```js\n(.*?)```", text, re.DOTALL)
        assert found
        self.page: Page = tab_at(context, APP)
        source = (documents / "browser-client.js").read_text("utf-8")
        self.status = self.page.evaluate(
            f"""async ([source, api, email, password]) => {{
                const module = new Blob([source], {{ type: "text/javascript" }});
                const {{ ApiClient }} = await import(URL.createObjectURL(module));
                window.shown = [];
                const showUser = (user) => window.shown.push(user);
                {found[1]}
                window.client = client;
                return response.status;
            }}""",
            [source, API, email, PASSWORD],
        )

    def request(self) -> None:
        """Start a request; `response` returns its response."""
        self.page.evaluate(START_REQUEST)

    def response(self) -> tuple[int, str | None]:
        status, email = self.page.evaluate("() => window.request")
        return status, email

    def sign_in(self, email: str) -> int:
        script = "async ([email, password]) => (await client.signIn(email, password)).status"
        return int(self.page.evaluate(script, [email, PASSWORD]))

    def shown(self) -> list[str]:
        """Return the users that the page was told to show."""
        return list(self.page.evaluate("() => window.shown"))


def refreshes(node: Gunicorn) -> int:
    return node.log.read_text("utf-8").count('"tokens_refreshed"')


@pytest.fixture
def later(node: Gunicorn, project: Project, tmp_path: Path) -> dict[str, str]:
    """The environment of a server whose clock is ahead."""
    (tmp_path / "sitecustomize.py").write_text(SITECUSTOMIZE)
    return project.environment | {"PYTHONPATH": str(tmp_path), "WEB_CONCURRENCY": "1"}


def test_tabs_share_one_sign_in_and_refresh_it_once(
    browser: Browser, node: Gunicorn, project: Project, later: dict[str, str]
) -> None:
    """B01, B02, B03."""
    with visiting(browser) as context:
        before = refreshes(node)
        tabs = [Tab(context, project, FIRST) for _ in range(2)]
        assert [tab.status for tab in tabs] == [200, 200]
        assert [len(tab.shown()) for tab in tabs] == [1, 1]
        # The second tab has got its token from the first one.
        assert refreshes(node) == before
        node.stop()
        node.start(project.path, later)

        for tab in tabs:
            tab.request()
        assert [tab.response() for tab in tabs] == [(200, FIRST)] * 2
        assert refreshes(node) == before + 1
        assert tabs[0].shown() == tabs[1].shown()
        assert len(tabs[0].shown()) == 1
        # Neither a cookie that scripts can read nor a store of the browser has a token.
        for place in ("document.cookie", "localStorage.length", "sessionStorage.length"):
            assert not tabs[0].page.evaluate(place), place

        # Another user signs in, and no tab stays with the first one.
        assert tabs[1].sign_in(SECOND) == 200
        wait_until(lambda: len(tabs[0].shown()) == 2)
        tabs[0].request()
        assert tabs[0].response() == (200, SECOND)
        # No other tab is left to hand over a token: this one refreshes.
        tabs[1].page.close()
        tabs[0].page.close()
        third = Tab(context, project, "no sign-in is needed")
        third.request()
        assert third.response() == (200, SECOND)
        assert refreshes(node) == before + 2

        fourth = Tab(context, project, "no sign-in is needed")
        third.page.evaluate("() => client.signOut()")
        wait_until(lambda: fourth.shown()[-1] == "")
        fourth.request()
        assert fourth.response()[0] == 401
