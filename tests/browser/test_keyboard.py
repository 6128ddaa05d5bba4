"""Sign-up and sign-in by keyboard, with a visible focus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser import in_session, marks
from tests.browser.site import LINK
from tests.clients.api import PASSWORD

if TYPE_CHECKING:
    from tests.browser.site import Site
    from tests.browser.visitor import Visitor

pytestmark = [*marks, in_session]

FOCUSED = """() => {
    const element = document.activeElement, style = getComputedStyle(element);
    return {
        name: element.labels?.length ? element.labels[0].innerText : element.innerText,
        ring: style.outlineStyle === "solid" ? parseFloat(style.outlineWidth) : 0,
    };
}"""
MOST_STEPS = 12


def tab_to(visitor: Visitor, name: str) -> list[str]:
    """Press Tab until `name` has the focus, and return the elements that had it before."""
    passed: list[str] = []
    while len(passed) < MOST_STEPS:
        visitor.page.keyboard.press("Tab")
        focused = visitor.page.evaluate(FOCUSED)
        assert focused["ring"] >= 2, focused
        passed.append(focused["name"].strip())
        if passed[-1] == name:
            return passed
    raise AssertionError(passed)


def write(visitor: Visitor, label: str, text: str) -> None:
    tab_to(visitor, label)
    visitor.page.keyboard.type(text)


def test_sign_up_and_in(site: Site, visitor: Visitor) -> None:
    email, keys = f"keyboard-{site.user()}", visitor.page.keyboard
    visitor.open("/accounts/login/")
    assert tab_to(visitor, "Create an account") == [
        *("Skip to content", "My Service", "Email", "Password", "Forgot your password?"),
        *("Sign in", "Sign in with a passkey", "Create an account"),
    ]
    keys.press("Enter")
    visitor.sees("Create an account")
    write(visitor, "Email", email)
    write(visitor, "Password", "password1234")
    keys.press("Enter")
    expect(visitor.page.get_by_role("alert")).to_be_focused()
    # From the list of what is wrong straight to the field that is.
    tab_to(
        visitor, "Password: This password is a combination of common passwords. Add more words."
    )
    keys.press("Enter")
    expect(visitor.page.get_by_label("Password", exact=True)).to_be_focused()
    keys.type(PASSWORD)
    keys.press("Enter")
    visitor.sees("Check your email")

    visitor.open(site.mailed(email, LINK))
    tab_to(visitor, "Confirm email address")
    keys.press("Space")
    visitor.sees("Sign in")
    write(visitor, "Email", email)
    write(visitor, "Password", PASSWORD)
    tab_to(visitor, "Sign in")
    keys.press("Enter")
    visitor.sees(f"Hello, {email}")
    assert tab_to(visitor, "Your devices") == [
        *("Skip to content", "My Service", "Profile", "Sign out"),
        *("Your profile", "Your devices"),
    ]
    visitor.open("/")
    tab_to(visitor, "Sign out")
    keys.press("Enter")
    visitor.sees("Sign in")


def test_the_skip_link(visitor: Visitor) -> None:
    visitor.open("/accounts/login/")
    tab_to(visitor, "Skip to content")
    expect(visitor.page.get_by_role("link", name="Skip to content")).to_be_in_viewport()
    visitor.page.keyboard.press("Enter")
    expect(visitor.page.get_by_role("main")).to_be_focused()
    assert tab_to(visitor, "Email") == ["Email"]
