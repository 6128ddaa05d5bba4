"""R1: no form, cookie or link causes a server error."""

import re
from urllib.parse import quote

from hypothesis import given
from hypothesis import strategies as st

from tests.attacks.checks import assert_gives_nothing_away
from tests.attacks.fuzz import MANY
from tests.attacks.inputs import HEADER, TEXT
from tests.attacks.pages.client import SESSION, Browser
from tests.attacks.server import Server

FORMS = {
    "/accounts/login/": ["username", "password", "next"],
    "/accounts/password_reset/": ["email"],
    "/accounts/password_change/": ["old_password", "new_password1", "new_password2"],
    "/accounts/email_change/": ["email", "password"],
    "/accounts/profile/": ["name"],
}


@MANY
@given(path=st.sampled_from(sorted(FORMS)), values=st.lists(TEXT, min_size=3, max_size=3))
def test_r1_any_form(server: Server, browser: Browser, path: str, values: list[str]) -> None:
    """R1, R2, W30."""
    browser.get("/accounts/profile/")
    browser.address = Browser(server).address
    typed = (value.encode(errors="surrogatepass").decode(errors="replace") for value in values)
    answer = browser.post(path, dict(zip(FORMS[path], typed, strict=False)))

    assert answer.status < 500
    assert b"Traceback" not in answer.body


@MANY
@given(target=TEXT)
def test_r1_w13_any_next(server: Server, target: str) -> None:
    """R1, W13: nowhere else."""
    quoted = quote(target, errors="replace")
    answer = Browser(server).get(f"/accounts/login/?next={quoted}")
    if "\0" in target:
        assert answer.status == 400
        return
    assert answer.status == 200
    led = Browser(server).get(f"/accounts/profile/?next={quoted}")
    assert re.match(r"/accounts/login/\?next=/accounts/profile/", led.headers["Location"])


@MANY
@given(value=HEADER)
def test_r1_s19_any_cookie(server: Server, value: str) -> None:
    """R1, S19: such a cookie is anonymous."""
    visitor = Browser(server)
    visitor.cookies = {SESSION: value, "__Host-csrftoken": value, "messages": value}

    assert not visitor.is_signed_in()


@MANY
@given(first=TEXT, second=TEXT)
def test_r1_p20_any_link(server: Server, first: str, second: str) -> None:
    """R1, P20: a page that says no."""
    one, two = (quote(part, safe="", errors="replace") for part in (first, second))
    for path in (f"/accounts/reset/{one}/{two}/", f"/accounts/verify-email/{one}/"):
        answer = Browser(server).get(path)
        assert answer.status in {200, 302, 400, 404}
        assert_gives_nothing_away(answer)
