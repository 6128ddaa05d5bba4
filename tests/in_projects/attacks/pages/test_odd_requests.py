"""P, S and W: requests that no page of this project leads to."""

import re
from urllib.parse import urlencode

import pytest

from tests.attacks.checks import assert_gives_nothing_away, security_events
from tests.attacks.client import NEW
from tests.attacks.pages.client import ADMIN, LOGIN, ORIGIN, PROFILE, SESSION, Browser
from tests.attacks.server import PASSWORD, Server

ELSEWHERE = [
    *("///evil.test", "/\t/evil.test", "http://example.com@evil.test", "\x00//evil.test"),
    "/\r\nSet-Cookie: a=b",
]


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


@pytest.mark.parametrize("method", ["TRACE", "FOO"])
@pytest.mark.parametrize("path", [LOGIN, "/", "/accounts/logout/", ADMIN])
def test_w21_unknown_methods_are_rejected(browser: Browser, method: str, path: str) -> None:
    """W21, ASVS 4.1.4, 13.4.4: they are neither redirected nor treated as another method."""
    assert browser.call(method, path, None, {"X-HTTP-Method-Override": "GET"}).status == 405

    hidden = browser.get("/accounts/logout/?_method=POST", X_HTTP_Method_Override="POST")
    assert hidden.status == 405
    browser.submit(PROFILE, _method="DELETE", name="Ada")
    assert browser.is_signed_in()


def test_p21_reset_link_is_removed_from_the_address_bar(visitor: Browser, email: str) -> None:
    """P18, P21, ASVS 6.5.1, 14.2.1, 14.3.2."""
    link = "/accounts/reset/{}/{}/".format(*visitor.reset_link(email))
    first = visitor.get(link)
    assert first.status == 302
    assert "no-store" in first.headers["Cache-Control"]
    assert first.headers["Referrer-Policy"] in {"same-origin", "no-referrer"}
    page = first.headers["Location"]
    assert link.split("/")[4] not in page + visitor.get(page).text
    assert visitor.post(page, {"new_password1": NEW, "new_password2": NEW}).status == 302

    assert visitor.get(link).status == 200


def test_s16_staff_actions_take_effect_and_are_logged(
    server: Server, browser: Browser, email: str
) -> None:
    """S16, ASVS 7.4.5, 16.3.3: who did what to which user."""
    staff = Browser(server).signed_in("staff@example.com")
    path = f"{ADMIN}accounts/user/?q={email}"
    page = staff.get(path).text
    user_id = page.partition('name="_selected_action" value="')[2].partition('"')[0]
    staff.post(path, {"action": "sign_out_everywhere", "_selected_action": user_id})

    line = security_events(server, staff.address)["admin_action"]
    assert line["object_id"] == user_id
    assert line["user_id"] not in {None, user_id}
    assert not browser.is_signed_in()


def test_w08_https_redirect_ignores_unknown_hosts(server: Server) -> None:
    """W08: also over plain HTTP."""
    answer = server.call("GET", LOGIN, headers={"Host": "evil.test"}, scheme="http")

    assert answer.status == 400
    assert_gives_nothing_away(answer)
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("target", ELSEWHERE)
def test_w13_sign_in_and_out_redirect_only_to_this_host(
    visitor: Browser, email: str, target: str
) -> None:
    """W13, ASVS 3.7.2, RFC 9700 section 4.11: only to our pages."""
    visitor.get(LOGIN)
    signed_in = visitor.post(LOGIN, {"username": email, "password": PASSWORD, "next": target})
    visitor.get("/")
    signed_out = visitor.post("/accounts/logout/", {"next": target})

    for answer in (signed_in, signed_out):
        assert answer.status == 302
        assert re.fullmatch(r"/([^/\\].*)?", answer.headers["Location"])
    assert "a" not in visitor.cookies


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/x-www-form-urlencoded; charset=base64", "username=a"),
        ("multipart/form-data", "x"),
        ("multipart/form-data; boundary=", "x"),
        ("", "username=a"),
        ("text/xml", "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><x>&e;</x>"),
    ],
)
def test_w17_w20_malformed_forms_are_client_errors(
    server: Server, content_type: str, body: str
) -> None:
    """W17, W20, ASVS 16.5.1."""
    answer = server.call("POST", LOGIN, body, {"Content-Type": content_type})

    assert answer.status in {400, 403}
    assert answer.headers.get_content_type() == "text/html"
    assert_gives_nothing_away(answer)
