"""Tests of the API in a browser: its documentation, and tokens for the scripts of pages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser import in_both, marks
from tests.browser.site import STAFF, chromium
from tests.browser.visitor import Visitor

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserType

    from tests.browser.site import Site
    from tests.servers.development import Service

pytestmark = marks


@in_both
def test_the_documented_exchange(site: Site, visitor: Visitor) -> None:
    documents = (site.project.path / "docs/sessions-and-tokens.md").read_text("utf-8")
    found = re.search(r"```js\n(.*?token/exchange.*?)```", documents, re.DOTALL)
    assert found
    email = site.user()
    visitor.sign_in(email)
    status, owner = visitor.page.evaluate(f"""async () => {{
        {found[1]}
        const {{ access }} = await response.json();
        const headers = {{ Authorization: `Bearer ${{access}}` }};
        const me = await fetch("/api/auth/me/", {{ headers }});
        return [response.status, (await me.json()).email];
    }}""")
    assert (status, owner) == (200, email)


@in_both
def test_the_documentation_for_staff(site: Site, visitor: Visitor) -> None:
    visitor.sign_in(STAFF)
    assert visitor.open("/api/docs/") == 200
    reads_the_documentation(visitor)


def test_the_documentation_in_development(
    engine: BrowserType, serve: Callable[[str], Service]
) -> None:
    service = serve("jwt")
    with chromium(engine) as browser:
        visitor = Visitor(browser, {}, looks=False)
        assert visitor.open(f"{service.url}/api/docs/") == 200
        reads_the_documentation(visitor)


def reads_the_documentation(visitor: Visitor) -> None:
    """Expand an endpoint, which requires the scripts and styles of the documentation."""
    call = visitor.page.get_by_role("button", name="/api/auth/token/refresh/").first
    call.click()
    expect(visitor.page.get_by_text("Request body").first).to_be_visible()
    assert visitor.complaints == []
