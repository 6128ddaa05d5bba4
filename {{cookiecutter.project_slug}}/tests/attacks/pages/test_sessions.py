"""S: the life of sessions, and what the log says about it."""

import re
from secrets import token_urlsafe

import pytest

from tests.attacks.checks import assert_journey_is_logged
from tests.attacks.client import NEW
from tests.attacks.pages.client import LOGIN, ORIGIN, PROFILE, RESET, SESSION, Browser
from tests.attacks.server import LIMITS, PASSWORD, Server

CSRF = "__Host-csrftoken"
LOGOUT = "/accounts/logout/"
SIGN_INS = "/accounts/sign-ins/"
END = rf"{SIGN_INS}[\w-]{{36}}/revoke/"
FORMS = {
    LOGIN: {"username": "x@example.com", "password": "x"},
    LOGOUT: {},
    "/accounts/password_change/": {"old_password": PASSWORD, "new_password1": NEW},
    RESET: {"email": "x@example.com"},
    "/accounts/email_change/": {"email": "x@example.com", "password": PASSWORD},
    PROFILE: {"name": "Mallory"},
    f"{SIGN_INS}revoke-all/": {},
    "/accounts/verify-email/x/": {},
    "/accounts/reset/x/set-password/": {"new_password1": NEW, "new_password2": NEW},
}
EVENTS = """
    credentials_refused sign_in_started sign_in_ended csrf_refused permission_refused
    email_change_requested email_verified link_refused password_reset_requested password_changed
    account_changed too_many_attempts
"""


@pytest.mark.parametrize("planted", [token_urlsafe(24)[:32].lower(), ""], ids=["key", "empty"])
def test_s01_planted_session_key_is_not_adopted(
    visitor: Browser, email: str, planted: str
) -> None:
    """S01, ASVS 7.2.4, WSTG-SESS-03: neither an anonymous key nor a made-up one."""
    visitor.cookies[SESSION] = planted
    thief = visitor.copy()

    assert visitor.signed_in(email).cookies[SESSION] != planted
    assert visitor.is_signed_in()
    assert not thief.is_signed_in()


@pytest.mark.parametrize("again", ["sign in", "enter the password"])
def test_s02_reauthentication_changes_the_session_key(
    browser: Browser, email: str, again: str
) -> None:
    """S02, ASVS 7.2.4: "including re-authentication"; the previous key is rejected."""
    before = browser.copy()
    if again == "sign in":
        browser.sign_in(email)
    else:
        browser.change_email(f"elsewhere-{email}")

    assert browser.cookies[SESSION] != before.cookies[SESSION]
    assert browser.is_signed_in()
    assert not before.is_signed_in()


def test_s03_cookies_set_by_another_host_are_ignored(browser: Browser) -> None:
    """S03, WSTG-SESS-03: without the __Host- prefix they are other cookies."""
    victim = browser.with_cookies(sessionid=browser.cookies[SESSION], csrftoken="x" * 32)

    assert not victim.is_signed_in()


def test_s05_session_key_is_random_and_only_in_the_cookie(server: Server, email: str) -> None:
    """S05, W29, ASVS 7.2.3, 14.2.1, 15.3.1."""
    keys = set()
    for _ in range(3):
        browser = Browser(server).signed_in(email)
        key = browser.cookies[SESSION]
        keys.add(key)
        assert re.fullmatch(r"[a-z0-9]{32}", key)
        for path in ("/", SIGN_INS, PROFILE):
            page = browser.get(path).text
            assert key not in page
            assert "argon2" not in page
    assert len(keys) == 3
    query = f"?sessionid={key}&{SESSION}={key}"
    assert Browser(server).get(f"{PROFILE}{query}").status == 302
    assert not any(key in server.log() for key in keys)


def test_s06_s07_signing_out_requires_post_and_ends_the_session(browser: Browser) -> None:
    """S06, S07, ASVS 3.5.3, 7.4.1, 14.3.1, WSTG-SESS-06: and clears the browser's cookies."""
    thief = browser.copy()
    assert browser.get(LOGOUT).status == 405
    page = browser.get("/")
    answer = browser.post(LOGOUT)

    assert not thief.is_signed_in()
    assert SESSION not in browser.cookies
    assert "no-store" in page.headers["Cache-Control"]
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'


@pytest.mark.parametrize("path", FORMS)
def test_s08_s09_forms_of_other_sites_are_rejected(
    server: Server, browser: Browser, path: str
) -> None:
    """S07, S08, S09, ASVS 3.5.1, 3.5.2: without a valid token, or from other origins."""
    stranger = Browser(server)
    stranger.get(LOGIN)
    browser.get(PROFILE)
    own, form = browser.token(), FORMS[path]
    for token in ("", "x" * 64, stranger.token(), own[:-1] + "-"):
        sent = {**form, "csrfmiddlewaretoken": token}
        assert browser.post_bare(path, sent).status == 403
    other = ("https://evil.test", "null", f"{ORIGIN}.evil.test", "http://example.com")
    for origin in (*other, f"{ORIGIN}:444"):
        sent = {**form, "csrfmiddlewaretoken": own}
        assert browser.post_bare(path, sent, Origin=origin).status == 403
    text = {"Content-Type": "text/plain", "Origin": "https://evil.test"}
    assert browser.post_bare(path, form, **text).status == 403
    assert browser.is_signed_in()
    assert "Mallory" not in browser.get(PROFILE).text


def test_s11_csrf_token_changes_at_sign_in_and_is_masked(visitor: Browser, email: str) -> None:
    """S11, ASVS 3.5.1."""
    visitor.get(LOGIN)
    before, secret = visitor.token(), visitor.cookies[CSRF]
    visitor.signed_in(email).get(PROFILE)
    first = visitor.token()
    visitor.get(PROFILE)

    assert visitor.cookies[CSRF] != secret
    assert visitor.token() != first
    form = {"csrfmiddlewaretoken": before, "name": "Ada"}
    assert visitor.post_bare(PROFILE, form).status == 403


def test_s14_password_change_revokes_other_sessions(
    server: Server, browser: Browser, email: str
) -> None:
    """S14, ASVS 7.4.3: the session that changed the password remains, with a new key."""
    other, thief = Browser(server).signed_in(email), browser.copy()
    assert browser.change_password(PASSWORD, NEW).status == 302

    assert browser.is_signed_in()
    assert not other.is_signed_in()
    assert not thief.is_signed_in()


def test_s16_s17_users_list_and_revoke_their_sessions(
    server: Server, browser: Browser, email: str
) -> None:
    """S16, S17, W28, ASVS 7.1.2, 7.5.2, 8.2.2: as many as they like, and of no one else."""
    stranger = Browser(server).signed_in(server.new_user())
    others = [Browser(server).signed_in(email) for _ in range(2)]
    page = browser.get(SIGN_INS).text
    assert len(set(re.findall(END, page))) >= 2
    assert not any(one.cookies[SESSION] in page for one in (browser, *others))

    assert browser.post(re.findall(END, stranger.get(SIGN_INS).text)[0]).status == 404
    browser.post(f"{SIGN_INS}revoke-all/", {"others": "1"})
    assert browser.is_signed_in()
    assert not any(other.is_signed_in() for other in others)
    browser.get(SIGN_INS)
    browser.post(f"{SIGN_INS}revoke-all/")
    assert not browser.is_signed_in()
    assert stranger.is_signed_in()


def test_j17_other_signed_values_are_no_session_or_link(
    server: Server, visitor: Browser, browser: Browser, email: str
) -> None:
    """J17, ASVS 9.2.2, RFC 8725 section 2.8: and the reverse."""
    browser.change_email(f"moved-{email}")
    verify = browser.verification(server.mail_to(f"moved-{email}"))
    stranger = Browser(server)
    uid, reset = stranger.reset_link(email)
    session, csrf = browser.cookies[SESSION], browser.cookies[CSRF]
    for value in (verify, reset, csrf, browser.token()):
        assert not browser.with_cookies(**{SESSION: value}).is_signed_in()
    for value in (session, csrf, reset):
        assert stranger.get(f"/accounts/verify-email/{value}/").status == 400
    for value in (session, csrf, verify):
        assert stranger.get(f"/accounts/reset/{uid}/{value}/").status == 200

    assert stranger.get(f"/accounts/reset/{uid}/{reset}/").status == 302


def test_j24_user_journey_is_logged_without_secrets(server: Server, email: str) -> None:
    """J24, R2, ASVS 16.2.1, 16.2.5, 16.3.1 to 16.3.3."""
    browser, moved = Browser(server), f"moved-{email}"
    secrets = {PASSWORD, NEW, "a wrong password"}
    browser.sign_in(email, "a wrong password")
    browser.signed_in(email)
    assert browser.cookies[SESSION]
    secrets |= {browser.token(), *browser.cookies.values()}
    browser.submit(PROFILE, name="Ada")
    browser.post_bare(PROFILE, {"name": "x"})
    browser.change_email(moved)
    token = browser.verification(server.mail_to(moved))
    browser.verify(token)
    browser.verify(token)
    link = browser.reset_link(moved)
    secrets |= {token, link[1], *browser.cookies.values()}
    browser.reset(link, NEW)
    browser.reset(link, NEW)
    browser.get("/accounts/reset/{}/{}/more/".format(*link))
    browser.signed_in(moved, NEW)
    secrets |= {*browser.cookies.values()}
    browser.get("/")
    browser.post("/accounts/logout/")
    for _ in range(LIMITS["account_and_ip"][0] + 1):
        browser.sign_in(moved, "a wrong password")

    assert_journey_is_logged(server, browser.address, secrets, EVENTS)
