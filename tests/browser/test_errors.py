"""Tests of error pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser import marks
from tests.browser.site import CLERK

if TYPE_CHECKING:
    from tests.browser.site import Site
    from tests.browser.visitor import Visitor

pytestmark = marks

MANY_FIELDS = """() => {
    for (let number = 0; number < 201; number++) {
        const field = document.createElement("input");
        [field.type, field.name] = ["hidden", `field-${number}`];
        document.querySelector("main form").append(field);
    }
}"""


def test_a_page_that_is_not_there(site: Site, visitor: Visitor) -> None:
    assert visitor.open("/nothing-here/") == 404
    visitor.look("Page not found")
    visitor.sign_in(site.user())
    assert visitor.open("/nothing-here/") == 404
    visitor.look("Page not found")
    visitor.follow("Home")
    expect(visitor.page.get_by_role("heading", level=1)).to_contain_text("Hello")


def test_a_page_without_permission(visitor: Visitor) -> None:
    visitor.sign_in(CLERK)
    assert visitor.open("/back-office/accounts/user/") == 403
    visitor.look("Access denied")
    visitor.press("Sign out and use another account")
    visitor.sees("Sign in")


def test_a_form_of_an_earlier_visit(site: Site, visitor: Visitor) -> None:
    visitor.open("/accounts/login/")
    visitor.fill({"Email": site.user(), "Password": "an unknown password"})
    visitor.context.clear_cookies(name="__Host-csrftoken")
    visitor.press("Sign in")
    visitor.look("This form has expired")
    expect(visitor.page.get_by_role("main")).to_contain_text("reload the page")


def test_a_request_that_makes_no_sense(site: Site, visitor: Visitor) -> None:
    visitor.sign_in(site.user())
    visitor.open("/accounts/profile/")
    visitor.page.evaluate(MANY_FIELDS)
    visitor.press("Save")
    visitor.look("Bad request")


def test_a_fault_of_ours(site: Site, visitor: Visitor) -> None:
    visitor.open("/accounts/login/")
    visitor.fill({"Email": site.user(), "Password": "an unknown password"})
    site.sql("ALTER TABLE accounts_user RENAME TO away")
    try:
        visitor.press("Sign in")
        visitor.look("Something went wrong")
    finally:
        site.sql("ALTER TABLE away RENAME TO accounts_user")
