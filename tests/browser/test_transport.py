"""Tests of the effect of response headers in the browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.browser import in_session, marks

if TYPE_CHECKING:
    from tests.browser.site import Site
    from tests.browser.visitor import Visitor

pytestmark = [*marks, in_session]


def test_the_browser_uses_https_after_the_first_visit(visitor: Visitor) -> None:
    reasons = []
    for _ in range(2):
        answer = visitor.page.goto("http://example.com/accounts/login/")
        assert answer is not None and answer.request.redirected_from is not None
        assert answer.url == "https://example.com/accounts/login/"
        first = answer.request.redirected_from.response()
        assert first is not None
        reasons.append(first.all_headers().get("non-authoritative-reason"))
    assert reasons == [None, "HSTS"]


def test_scripts_and_other_sites_cannot_read_the_cookies(site: Site, visitor: Visitor) -> None:
    visitor.sign_in(site.user())
    cookies = visitor.context.cookies()
    assert {cookie["name"] for cookie in cookies} == {"__Host-sessionid", "__Host-csrftoken"}
    assert all(cookie["secure"] and cookie["httpOnly"] for cookie in cookies)
    assert all(cookie["sameSite"] == "Lax" for cookie in cookies)
    assert visitor.page.evaluate("document.cookie") == ""


def test_violations_of_the_content_security_policy_are_reported(visitor: Visitor) -> None:
    visitor.open("/accounts/login/")
    assert visitor.complaints == []
    visitor.page.evaluate("document.body.setAttribute('style', 'color: red')")
    visitor.page.wait_for_timeout(0)
    assert any("style-src" in complaint for complaint in visitor.complaints)
    visitor.complaints.clear()
