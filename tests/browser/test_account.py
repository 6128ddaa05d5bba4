"""The pages to reauthenticate, to download an account's data and to delete the account."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from tests.browser import in_session, marks
from tests.clients.api import PASSWORD

if TYPE_CHECKING:
    from tests.browser.site import Site
    from tests.browser.visitor import Visitor

pytestmark = marks


@in_session
def test_user_downloads_data_and_deletes_the_account(site: Site, visitor: Visitor) -> None:
    email = site.user()
    visitor.sign_in(email)
    visitor.open("/accounts/reauthenticate/?next=/accounts/profile/")
    visitor.look("Enter your password")
    visitor.fill({"Password": PASSWORD})
    visitor.press("Continue")
    visitor.sees("Your profile")
    visitor.follow("Delete your account")
    visitor.look("Delete your account")
    with visitor.page.expect_download() as download:
        visitor.page.get_by_role("link", name="Download your data first").click()
    data = json.loads(Path(download.value.path()).read_text("utf-8"))
    assert data["account"]["email"] == email
    visitor.press("Delete my account")
    visitor.sees("Sign in")
    visitor.fill({"Email": email, "Password": PASSWORD})
    visitor.press("Sign in")
    visitor.sees("Sign in")
