"""Tests of the effect of response headers in the browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.browser import in_session, marks

if TYPE_CHECKING:
    from tests.browser.site import Site
    from tests.browser.visitor import Visitor

pytestmark = [*marks, in_session]


def test_plain_http_is_left_at_the_first_visit_and_not_tried_again(visitor: Visitor) -> None:
    made_up = []
    for _ in range(2):
        answer = visitor.page.goto("http://example.com/accounts/login/")
        assert answer is not None and answer.request.redirected_from is not None
        assert answer.url == "https://example.com/accounts/login/"
        first = answer.request.redirected_from.response()
        assert first is not None
        made_up.append(first.all_headers().get("non-authoritative-reason"))
    assert made_up == [None, "HSTS"]


def test_no_script_and_no_other_site_gets_the_cookies(site: Site, visitor: Visitor) -> None:
    visitor.sign_in(site.user())
    cookies = visitor.context.cookies()
    assert {cookie["name"] for cookie in cookies} == {"__Host-sessionid", "__Host-csrftoken"}
    assert all(cookie["secure"] and cookie["httpOnly"] for cookie in cookies)
    assert all(cookie["sameSite"] == "Lax" for cookie in cookies)
    assert visitor.page.evaluate("document.cookie") == ""


def test_what_the_policy_forbids_is_complained_about(visitor: Visitor) -> None:
    visitor.open("/accounts/login/")
    assert visitor.complaints == []
    visitor.page.evaluate("document.body.setAttribute('style', 'color: red')")
    visitor.page.wait_for_timeout(0)
    assert any("style-src" in complaint for complaint in visitor.complaints)
    visitor.complaints.clear()
