"""A visitor with a second factor: setting up an app, and signing in with a code."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from tests.browser import in_session, marks
from tests.clients.api import PASSWORD

if TYPE_CHECKING:
    from tests.browser.site import Site
    from tests.browser.visitor import Visitor

pytestmark = marks
CODE = """
import pyotp, sys, time
print(pyotp.TOTP(sys.argv[1]).at(int(time.time()), counter_offset={}))
"""


def code(site: Site, key: str, steps: int = 0) -> str:
    """Return the code that an app with this key shows, some steps from now."""
    command = [str(site.project.python), "-c", CODE.format(steps), key.replace(" ", "")]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def enter_password(visitor: Visitor, email: str) -> None:
    """Enter the password, which leads to the next step."""
    visitor.press("Sign out")
    visitor.sees("Sign in")
    visitor.fill({"Email": email, "Password": PASSWORD})
    visitor.press("Sign in")
    visitor.sees("Confirm your sign-in")


@in_session
def test_visitor_sets_up_an_app_and_signs_in_with_it(site: Site, visitor: Visitor) -> None:
    email = site.user()
    visitor.sign_in(email)
    visitor.open("/accounts/profile/")
    visitor.follow("Your second factor")
    visitor.look("Your second factor")
    visitor.follow("Set up an app")
    visitor.look("Set up an app")
    assert visitor.autocompletes() == {"code": "one-time-code"}
    drawn = visitor.page.get_by_role("img", name="QR code").locator("path").last
    assert len(drawn.get_attribute("d") or "") > 1000
    key = visitor.page.locator("main code").inner_text()
    visitor.fill({"Code": "12"})
    visitor.press("Continue")
    visitor.look("Set up an app", "set-up-an-app-refused")
    assert visitor.refusals()["code"]
    assert visitor.page.locator("main code").inner_text() == key
    visitor.fill({"Code": code(site, key)})
    visitor.press("Continue")
    visitor.look("Your recovery codes")
    recovery_codes = visitor.page.locator("main li code").all_inner_texts()
    assert len(recovery_codes) == 10
    visitor.follow("Continue")
    visitor.look("Your second factor", "your-second-factor")

    enter_password(visitor, email)
    visitor.look("Confirm your sign-in")
    assert visitor.autocompletes() == {"code": "one-time-code"}
    visitor.fill({"Code": code(site, key, 1)})
    visitor.press("Continue")
    visitor.sees(f"Hello, {email}")

    enter_password(visitor, email)
    visitor.follow("Use a recovery code")
    visitor.fill({"Recovery code": recovery_codes[0]})
    visitor.press("Continue")
    visitor.sees(f"Hello, {email}")
    visitor.open("/accounts/second-factor/")
    assert "9 recovery codes" in visitor.page.content()
