"""A front end with sessions, as the documentation of a project describes it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.browser import marks
from tests.clients.api import PASSWORD

if TYPE_CHECKING:
    from tests.browser.site import Site
    from tests.browser.visitor import Visitor

pytestmark = marks


def test_documented_front_end_signs_in_and_out(site: Site, visitor: Visitor) -> None:
    document = (site.project.path / "docs/sessions.md").read_text("utf-8")
    found = re.search(r"```js\n(let csrfToken.*?\n}\n)", document, re.DOTALL)
    assert found
    email = site.user()
    visitor.open("/accounts/login/")
    steps = visitor.page.evaluate(
        f"""async ([email, password]) => {{
            {found[1]}
            return [
                await session(),
                await session("POST", {{ email, password: "an unknown password" }}),
                await session("POST", {{ email, password }}),
                await session("DELETE"),
                await session("POST", {{ email, password }}),
            ];
        }}""",
        [email, PASSWORD],
    )
    assert [step["status"] for step in steps] == [200, 401, 200, 200, 200]
    assert [step.get("signed_in") for step in steps] == [False, None, True, False, True]
    assert steps[2]["user"]["email"] == email
    visitor.complaints.clear()
    assert visitor.open("/accounts/profile/") == 200
