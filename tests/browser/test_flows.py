"""Tests of user journeys on the pages, through the proxy and over TLS."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser import in_session, marks
from tests.browser.site import LINK
from tests.clients.api import PASSWORD

if TYPE_CHECKING:
    from tests.browser.site import Site
    from tests.browser.visitor import Visitor

pytestmark = marks
NEW_PASSWORD = "nanoseconds of copper wire"  # noqa: S105 - of a user of the tests


@pytest.fixture
def visitor(request: pytest.FixtureRequest, site: Site) -> Visitor:
    """A visitor with scripts where pages are checked in full, and without scripts elsewhere."""
    return site.visitor(java_script_enabled=getattr(request, "param", site.looks))


@in_session
@pytest.mark.parametrize("visitor", [True, False], ids=["scripts", "no scripts"], indirect=True)
def test_from_sign_up_to_sign_out(site: Site, visitor: Visitor) -> None:
    email = f"grace-{site.user()}"
    assert visitor.open("/") == 200
    visitor.look("Sign in")
    assert visitor.autocompletes() == {"username": "username", "password": "current-password"}
    visitor.follow("Create an account")
    visitor.look("Create an account")
    assert visitor.autocompletes() == {
        "email": "username",
        "name": "name",
        "password": "new-password",
    }
    visitor.fill({"Email": email, "Name (optional)": "Grace", "Password": "password1234"})
    visitor.press("Create account")
    visitor.look("Create an account", "create-an-account-refused")
    assert "This password is a combination of common passwords" in visitor.refusals()["password"]
    visitor.fill({"Password": PASSWORD})
    visitor.press("Create account")
    visitor.look("Check your email", "check-your-email-after-sign-up")
    visitor.press("Send the email again")
    visitor.is_told("If your account is not confirmed yet, we sent another link.")
    visitor.look("Check your email", "check-your-email-after-sign-up")

    link = site.mailed(email, LINK)
    visitor.open(link)
    visitor.look("Confirm your email address")
    visitor.press("Confirm email address")
    visitor.is_told("Your email address is confirmed.")
    assert visitor.open(link) == 400
    visitor.look("This link is no longer valid")

    visitor.follow("Sign in")
    visitor.fill({"Email": email, "Password": "not what it is"})
    visitor.press("Sign in")
    expect(visitor.page.get_by_role("alert")).to_contain_text("Incorrect email or password")
    visitor.look("Sign in", "sign-in-refused")
    visitor.fill({"Password": PASSWORD})
    visitor.press("Sign in")
    visitor.look("Hello, Grace", "home")
    visitor.open("/accounts/login/")
    visitor.sees("Hello, Grace")

    visitor.follow("Your profile")
    visitor.look("Your profile")
    visitor.fill({"Name (optional)": "Grace Brewster Murray Hopper"})
    visitor.press("Save")
    visitor.is_told("Your profile was saved.")
    visitor.look("Your profile")
    visitor.follow("My Service")
    visitor.sees("Hello, Grace Brewster Murray Hopper")

    visitor.press("Sign out")
    visitor.sees("Sign in")
    visitor.go_back()
    visitor.sees("Sign in")
    assert "Grace" not in visitor.page.content()
    assert not visitor.is_signed_in()


def test_a_new_password_signs_the_other_browser_out(site: Site, visitor: Visitor) -> None:
    email, elsewhere = site.user(), site.visitor()
    visitor.sign_in(email)
    elsewhere.sign_in(email)
    visitor.follow("Change your password")
    visitor.look("Change your password")
    assert visitor.autocompletes() == {
        "": "username",
        "old_password": "current-password",
        "new_password1": "new-password",
        "new_password2": "new-password",
    }
    new = {"New password": NEW_PASSWORD, "New password confirmation": NEW_PASSWORD}
    visitor.fill({"Old password": "not what it is", **new})
    visitor.press("Change password")
    visitor.look("Change your password", "change-your-password-refused")
    assert visitor.refusals()["old_password"]
    assert elsewhere.is_signed_in()
    visitor.fill({"Old password": PASSWORD, **new})
    visitor.press("Change password")
    visitor.look("Your password was changed")
    assert visitor.is_signed_in()
    assert not elsewhere.is_signed_in()
    elsewhere.sign_in(email, NEW_PASSWORD)


def test_the_list_of_devices(site: Site, visitor: Visitor) -> None:
    email = site.user()
    phone = site.visitor(user_agent="Mozilla/5.0 (iPhone) Version/17 Safari/604.1")
    tablet = site.visitor(user_agent="Mozilla/5.0 (Android 14) Firefox/140.0")
    for someone in (phone, tablet, visitor):
        someone.sign_in(email)
    visitor.follow("Your devices")
    visitor.look("Your devices")
    devices = visitor.page.get_by_role("listitem").get_by_role("heading", level=2)
    expect(devices).to_have_text(
        [re.compile(r"Chrome on Linux\s+This device"), "Firefox on Android", "Safari on iPhone"]
    )
    visitor.page.get_by_role("button", name="Sign out Safari on iPhone").click()
    visitor.is_told("The device was signed out.")
    assert not phone.is_signed_in()
    assert tablet.is_signed_in()
    visitor.press("Sign out all other devices")
    visitor.is_told("All other devices were signed out.")
    expect(devices).to_have_count(1)
    assert not tablet.is_signed_in()
    tablet.sign_in(email)
    visitor.follow("Sign out everywhere")
    visitor.look("Sign out everywhere?")
    visitor.follow("Cancel")
    visitor.sees("Your devices")
    visitor.follow("Sign out everywhere")
    visitor.press("Sign out everywhere")
    visitor.sees("Sign in")
    visitor.go_back()
    visitor.sees("Sign in")
    assert not visitor.is_signed_in()
    assert not tablet.is_signed_in()


def test_another_address(site: Site, visitor: Visitor) -> None:
    email = site.user()
    new = f"new-{email}"
    visitor.sign_in(email)
    visitor.open("/accounts/profile/")
    visitor.follow("Change your email address")
    visitor.look("Change your email address")
    assert visitor.autocompletes() == {
        "": "username",
        "email": "email",
        "password": "current-password",
    }
    visitor.fill({"New email": new, "Password": "not what it is"})
    visitor.press("Send link")
    visitor.look("Change your email address", "change-your-email-address-refused")
    assert "Incorrect password" in visitor.refusals()["password"]
    visitor.fill({"Password": PASSWORD})
    visitor.press("Send link")
    visitor.is_told(f"We sent a link to {new}. Follow it to finish the change.")
    expect(visitor.page.get_by_role("main")).to_contain_text(f"{email} (confirmed)")

    visitor.open(site.mailed(new, LINK))
    visitor.look("Confirm your email address")
    visitor.press("Confirm email address")
    visitor.is_told("Your email address is confirmed.")
    visitor.open("/accounts/profile/")
    expect(visitor.page.get_by_role("main")).to_contain_text(f"{new} (confirmed)")
    site.mailed(email, r"changed\s+from\s+this\s+one\s+to\s+n…@example\.com")


def test_a_forgotten_password(site: Site, visitor: Visitor) -> None:
    email, elsewhere = site.user(), site.visitor()
    elsewhere.sign_in(email)
    visitor.open("/accounts/login/")
    visitor.follow("Forgot your password?")
    visitor.look("Reset your password")
    assert visitor.autocompletes() == {"email": "email"}
    visitor.fill({"Email": email})
    visitor.press("Send link")
    visitor.look("Check your email", "check-your-email-to-reset")
    link = site.mailed(email, r"https://example\.com/accounts/reset/\S+/")
    visitor.open(link)
    visitor.look("Set a new password")
    assert visitor.autocompletes() == {
        "": "username",
        "new_password1": "new-password",
        "new_password2": "new-password",
    }
    visitor.fill({"New password": NEW_PASSWORD, "New password confirmation": PASSWORD})
    visitor.press("Set password")
    visitor.look("Set a new password", "set-a-new-password-refused")
    assert "match" in visitor.refusals()["new_password2"]
    visitor.fill({"New password": NEW_PASSWORD, "New password confirmation": NEW_PASSWORD})
    visitor.press("Set password")
    visitor.look("Your new password is set")
    assert not elsewhere.is_signed_in()
    visitor.open(link)
    visitor.look("This link is no longer valid")
    visitor.sign_in(email, NEW_PASSWORD)


def test_too_many_wrong_passwords(site: Site, visitor: Visitor) -> None:
    email = site.user()
    for _ in range(5):
        visitor.open("/accounts/login/")
        visitor.fill({"Email": email, "Password": "not what it is"})
        visitor.press("Sign in")
        expect(visitor.page.get_by_role("alert")).to_be_visible()
    visitor.fill({"Password": PASSWORD})
    visitor.press("Sign in")
    visitor.look("Too many attempts")
    expect(visitor.page.get_by_role("main")).to_contain_text("Try again in 15 minutes")
    visitor.follow("Reset your password")
    visitor.sees("Reset your password")


def test_the_wanted_page_after_the_session_ran_out(site: Site, visitor: Visitor) -> None:
    email = site.user()
    visitor.sign_in(email)
    site.sql("UPDATE accounts_signin SET idle_ends_at = now()")
    visitor.open("/accounts/sign-ins/")
    visitor.sees("Sign in")
    visitor.fill({"Email": email, "Password": PASSWORD})
    visitor.press("Sign in")
    visitor.sees("Your devices")
