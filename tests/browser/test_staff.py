"""Tests of staff in the admin, and of the effects on other users."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser import in_both, marks
from tests.browser.site import STAFF
from tests.clients.api import PASSWORD

if TYPE_CHECKING:
    from tests.browser.site import Site
    from tests.browser.visitor import Visitor

pytestmark = marks

ADMIN = "/back-office/"


def sign_in(staff: Visitor) -> None:
    """Open the admin and sign in on the page that all users share."""
    staff.open(ADMIN)
    staff.sees("Sign in")
    staff.fill({"Email": STAFF, "Password": PASSWORD})
    staff.press("Sign in")
    staff.sees("Site administration")


def test_deactivation(site: Site, visitor: Visitor) -> None:
    email, user = site.user(), site.visitor()
    user.sign_in(email)
    sign_in(visitor)
    visitor.page.get_by_role("link", name="Users").first.click()
    visitor.page.get_by_role("textbox", name="Search").fill(email)
    visitor.press("Search")
    its_link = visitor.page.get_by_role("link", name=email, exact=True)
    row = visitor.page.get_by_role("row").filter(has=its_link)
    row.get_by_role("checkbox").check()
    visitor.page.get_by_label("Action:").select_option("Deactivate")
    visitor.page.get_by_title("Run the selected action").click()
    expect(visitor.page.get_by_text("The selected accounts were deactivated.")).to_be_visible()
    assert not user.is_signed_in()
    visitor.open(f"{ADMIN}accounts/signin/")
    expect(visitor.page.get_by_role("row", name=email).first).to_contain_text("127.0.0.1")


@in_both
def test_an_invitation_is_the_only_way_in(site: Site) -> None:
    guest, staff = site.visitor(), site.visitor()
    guest.open("/accounts/login/")
    guest.look("Sign in")
    expect(guest.page.get_by_role("main").get_by_role("link")).to_have_text(
        "Forgot your password?"
    )
    assert guest.open("/accounts/signup/") == 404

    sign_in(staff)
    staff.open("/")
    staff.look(f"Hello, {STAFF}", "home-of-staff")
    staff.follow("Administration")
    staff.open(f"{ADMIN}accounts/user/add/")
    staff.page.get_by_label("Email").fill("guest@example.com")
    staff.press("Save")
    expect(staff.page.get_by_text("was added successfully")).to_be_visible()

    guest.open(site.mailed("guest@example.com", r"https://example\.com/accounts/reset/\S+/"))
    guest.look("Set a new password")
    guest.fill({"New password": PASSWORD, "New password confirmation": PASSWORD})
    guest.press("Set password")
    guest.sees("Your new password is set")
    guest.sign_in("guest@example.com")
