"""S and W: cookies, filters and referrers that no page of ours leads to."""

from urllib.parse import urlencode

import pytest

from tests.attacks.pages.client import ADMIN, ORIGIN, PROFILE, SESSION, Browser
from tests.attacks.server import Server


@pytest.fixture(scope="module")
def staff(server: Server) -> Browser:
    return Browser(server).signed_in("staff@example.com")


@pytest.mark.parametrize(
    ("page", "lookup"),
    [
        ("accounts/user/", "password__startswith=argon2"),
        ("accounts/user/", "email__regex=("),
        ("accounts/user/", "last_login__year=999999999999"),
        ("accounts/signin/", "credential_hash__gt=5"),
        ("auth/group/", "name__iregex=["),
    ],
)
def test_w29_r1_admin_filters_reveal_nothing(staff: Browser, page: str, lookup: str) -> None:
    """W29, R1, ASVS 8.2.3, 16.5.3: made-up filters cause no server error."""
    assert staff.get(f"{ADMIN}{page}?{lookup}").status == 400
    assert staff.get(f"{ADMIN}{page}?q=user1").status == 200


@pytest.mark.parametrize(
    ("referer", "status"),
    [("", 403), ("https://evil.test/", 403), ("http://example.com/", 403), (f"{ORIGIN}/", 302)],
)
def test_s08_referer_is_checked_without_an_origin(
    browser: Browser, referer: str, status: int
) -> None:
    """S08: for browsers that send no Origin header."""
    browser.get(PROFILE)
    body = urlencode({"csrfmiddlewaretoken": browser.token(), "name": "Ada"})
    sent = {"Content-Type": "application/x-www-form-urlencoded"}
    sent |= {"Referer": referer} if referer else {}

    assert browser.call("POST", PROFILE, body, sent).status == status


@pytest.mark.parametrize(
    "key",
    [
        "x" * 1000,
        "gASVKAAAAAAAAACMBXBvc2l4",
        "' OR 1=1 --",
        "é",
        # In quotes a cookie can say any byte, and PostgreSQL has no text with this one.
        '"' + "a" * 31 + '\\000"',
        '"' + "\\377" * 32 + '"',
    ],
)
def test_s19_r1_forged_session_cookie_is_anonymous(visitor: Browser, email: str, key: str) -> None:
    """S19, R1, ASVS 1.5.2, 16.5.3: its owner can still sign in."""
    visitor.cookies[SESSION] = key

    assert not visitor.is_signed_in()
    assert visitor.signed_in(email).is_signed_in()
