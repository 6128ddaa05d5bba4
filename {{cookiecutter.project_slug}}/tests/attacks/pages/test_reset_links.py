"""P: traces of links and account pages in the browser."""

from tests.attacks.client import NEW
from tests.attacks.pages.client import PROFILE, SESSION, Browser
from tests.attacks.server import Server


def test_p21_a_reset_link_leaves_the_address_bar(visitor: Browser, email: str) -> None:
    """P18, P21, ASVS 6.5.1, 14.2.1, 14.3.2."""
    uid, token = visitor.reset_link(email)
    link = f"/accounts/reset/{uid}/{token}/"
    first = visitor.get(link)
    assert first.status == 302
    assert "no-store" in first.headers["Cache-Control"]
    assert first.headers["Referrer-Policy"] in {"same-origin", "no-referrer"}
    page = first.headers["Location"]
    assert token not in page + visitor.get(page).text
    assert visitor.post(page, {"new_password1": NEW, "new_password2": NEW}).status == 302

    assert visitor.get(link).status == 200


def test_p24_the_profile_changes_no_password(server: Server, browser: Browser, email: str) -> None:
    """P24, ASVS 6.2.2."""
    browser.submit(PROFILE, name="Ada", password=NEW, new_password1=NEW)

    assert Browser(server).tries(email) == "done"


def test_w29_no_page_shows_what_is_inside(browser: Browser) -> None:
    """W29, ASVS 15.3.1."""
    for path in ("/", PROFILE, "/accounts/sign-ins/"):
        page = browser.get(path).text
        assert "argon2" not in page
        assert browser.cookies[SESSION] not in page
