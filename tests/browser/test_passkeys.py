"""A visitor with passkeys: adding one, signing in with it, and removing it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser import in_session, marks
from tests.clients.api import PASSWORD

if TYPE_CHECKING:
    from tests.browser.site import Site
    from tests.browser.visitor import Visitor

pytestmark = marks
OPTIONS = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
}


class Device:
    """The authenticator that Chromium simulates for the page of a visitor."""

    def __init__(self, visitor: Visitor) -> None:
        self.session = visitor.context.new_cdp_session(visitor.page)
        self.session.send("WebAuthn.enable")
        added = self.session.send("WebAuthn.addVirtualAuthenticator", {"options": OPTIONS})
        self.key = {"authenticatorId": added["authenticatorId"]}

    def recognize(self, *, user: bool) -> None:
        """Have the device verify the user from now on, or refuse them."""
        self.session.send("WebAuthn.setUserVerified", {**self.key, "isUserVerified": user})


def enter_password(visitor: Visitor, email: str) -> None:
    visitor.fill({"Email": email, "Password": PASSWORD})
    visitor.press("Sign in")
    visitor.sees("Confirm your sign-in")


def sign_out(visitor: Visitor) -> None:
    visitor.press("Sign out")
    visitor.sees("Sign in")


@in_session
def test_visitor_adds_a_passkey_and_signs_in_with_it(site: Site, visitor: Visitor) -> None:
    email, device = site.user(), Device(visitor)
    visitor.sign_in(email)
    visitor.open("/accounts/second-factor/")
    visitor.follow("Your passkeys")
    visitor.follow("Add a passkey")
    visitor.look("Add a passkey")
    visitor.fill({"Name": "My laptop"})
    visitor.press("Continue")
    visitor.sees("Your recovery codes")
    visitor.open("/accounts/second-factor/passkeys/")
    visitor.look("Your passkeys")

    sign_out(visitor)
    visitor.look("Sign in")
    visitor.press("Sign in with a passkey")
    visitor.sees(f"Hello, {email}")

    sign_out(visitor)
    enter_password(visitor, email)
    visitor.look("Confirm your sign-in")
    visitor.context.clear_cookies()
    visitor.press("Use a passkey")
    visitor.sees("Sign in")
    visitor.is_told("Your sign-in has expired. Sign in again.")
    # That of the request for options.
    assert ["403" in visitor.complaints.pop(), visitor.complaints] == [True, []]
    visitor.open("/accounts/profile/")
    enter_password(visitor, email)
    visitor.press("Use a passkey")
    visitor.sees("Your profile")

    sign_out(visitor)
    device.recognize(user=False)
    visitor.press("Sign in with a passkey")
    expect(visitor.page.get_by_role("alert")).to_be_visible()
    visitor.shoot("sign-in-without-a-passkey")
    assert not visitor.is_signed_in()
    device.recognize(user=True)
    visitor.press("Sign in with a passkey")
    visitor.sees("Your profile")

    visitor.open("/accounts/second-factor/passkeys/")
    visitor.follow("Remove My laptop")
    visitor.look("Remove a passkey")
    visitor.press("Use a passkey")
    visitor.sees("Your passkeys")
    visitor.is_told("The passkey was removed.")


@in_session
def test_visitor_without_scripts_sees_no_button_for_passkeys(site: Site) -> None:
    button = "Sign in with a passkey"
    for allowed in (True, False):
        visitor = site.visitor(java_script_enabled=allowed)
        visitor.open("/accounts/login/")
        assert visitor.page.get_by_role("button", name=button).count() == allowed
