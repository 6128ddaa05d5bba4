"""The refresh cookie in Chromium: two tabs, a reload, and a front end on another origin."""

from __future__ import annotations

import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser import marks
from tests.browser.front_end import API, APP, tab_at, visiting
from tests.clients.api import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from tests.servers.gunicorn import Project

pytestmark = marks

SIBLING, FOREIGN = "https://evil.example.com", "https://evil.test"
CALL = """async ([path, csrfToken, body]) => {
    const headers = { "Content-Type": "application/json" };
    if (csrfToken) headers["X-CSRFToken"] = csrfToken;
    const method = body === null ? "GET" : "POST";
    const options = { method, headers, credentials: "include" };
    if (body !== null) options.body = JSON.stringify(body);
    try {
        const response = await fetch(`https://example.com/api/auth/${path}`, options);
        const text = await response.text();
        return [response.status, text && JSON.parse(text)];
    } catch (error) {
        return [0, String(error)];
    }
}"""


TABS = 4
HOLD = """
import sys, time, psycopg
waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() " \\
    "AND wait_event_type = 'Lock'"
holder = psycopg.connect(sys.argv[1])
holder.execute("SELECT id FROM accounts_signin FOR UPDATE")
print("held", flush=True)
with psycopg.connect(sys.argv[1], autocommit=True) as watcher:
    deadline = time.monotonic() + 60
    while watcher.execute(waiting).fetchone()[0] < int(sys.argv[2]):
        assert time.monotonic() < deadline, "too few requests arrived"
        time.sleep(0.02)
holder.commit()
"""


@contextmanager
def refreshes_held(project: Project) -> Iterator[None]:
    """Hold all refreshes until those of every tab have reached the database."""
    command = [str(project.python), "-c", HOLD, project.environment["DATABASE_URL"], str(TABS)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        yield
    assert holder.returncode == 0


def call(page: Page, path: str, csrf_token: str = "", body: Any = None) -> tuple[int, Any]:
    status, content = page.evaluate(CALL, [path, csrf_token, body])
    return status, content


def sign_in(page: Page) -> str:
    credentials = {"email": "0@example.com", "password": PASSWORD}
    status, content = call(page, "token/", body=credentials)
    assert status == 200, content
    assert "refresh" not in content
    return str(content["csrf_token"])


@pytest.mark.parametrize("origin", [API, APP])
def test_tabs_stay_signed_in_after_a_reload(browser: Browser, origin: str) -> None:
    """B03, B04: from the origin of the API, and from a listed origin on the same site."""
    with visiting(browser) as context:
        first = tab_at(context, origin)
        sign_in(first)
        first.reload()
        second = tab_at(context, origin)
        for page in (first, second, first):
            status, content = call(page, "token/csrf/")
            assert status == 200, content
            status, content = call(page, "token/refresh/", content["csrf_token"], {})
            assert status == 200, content
        assert first.evaluate("document.cookie") == ""
        assert call(second, "token/revoke/", content["csrf_token"], {})[0] == 204
        assert call(first, "token/csrf/")[0] == 401


def start_refresh(page: Page, csrf_token: str, function: str = CALL) -> None:
    """Send a request from a tab, and leave the response to `refreshed`."""
    arguments = ["token/refresh/", csrf_token, {}]
    page.evaluate(f"(sent) => {{ window.refreshed = ({function})(sent); }}", arguments)


def refreshed(page: Page) -> int:
    status, _ = page.evaluate("() => window.refreshed")
    return int(status)


def test_tabs_that_refresh_at_the_same_time_stay_signed_in(
    browser: Browser, project: Project
) -> None:
    """B01, B02: in each round, all tabs present the same token before any gets the next one."""
    with visiting(browser) as context:
        tabs = [tab_at(context, APP) for _ in range(TABS)]
        csrf_token = sign_in(tabs[0])
        for _ in range(3):
            with refreshes_held(project):
                for tab in tabs:
                    start_refresh(tab, csrf_token)
            assert [refreshed(tab) for tab in tabs] == [200] * TABS
        assert call(tab_at(context, APP), "token/refresh/", csrf_token, {})[0] == 200


def test_tabs_that_take_turns_to_refresh_stay_signed_in(browser: Browser) -> None:
    """B01: as the documentation advises, in any order of arrival."""
    taking_turns = f'(sent) => navigator.locks.request("refresh", () => ({CALL})(sent))'
    with visiting(browser) as context:
        tabs = [tab_at(context, APP) for _ in range(TABS)]
        csrf_token = sign_in(tabs[0])
        for tab in tabs * 3:
            start_refresh(tab, csrf_token, taking_turns)
        assert [refreshed(tab) for tab in tabs] == [200] * TABS


@pytest.mark.parametrize("origin", [SIBLING, FOREIGN])
def test_other_origins_learn_no_csrf_token(browser: Browser, origin: str) -> None:
    """B03, B04: a sibling host gets the cookie sent, but cannot read the response."""
    with visiting(browser) as context:
        own = tab_at(context, APP)
        csrf_token = sign_in(own)
        other = tab_at(context, origin)
        for path, token, body in (
            ("token/csrf/", "", None),
            ("token/refresh/", csrf_token, {}),
            ("token/revoke/", csrf_token, {}),
        ):
            assert call(other, path, token, body)[0] == 0
        assert call(own, "token/refresh/", csrf_token, {})[0] == 200
