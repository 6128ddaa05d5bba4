"""S: sessions, from the sign-in to the end."""

import re
from secrets import token_urlsafe

import pytest

from tests.attacks.pages.browser import ORIGIN, SESSION, Browser, link_in
from tests.attacks.server import PASSWORD, Server

NEW = "the tide comes in at six"
CSRF = "__Host-csrftoken"
PASSWORD_CHANGE = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
FORMS = {
    "/accounts/login/": {"username": "x@example.com", "password": "x"},
    "/accounts/logout/": {},
    "/accounts/password_change/": PASSWORD_CHANGE,
    "/accounts/password_reset/": {"email": "x@example.com"},
    "/accounts/email_change/": {"email": "x@example.com", "password": PASSWORD},
    "/accounts/profile/": {"name": "Mallory"},
    "/accounts/sign-ins/revoke-all/": {},
    "/accounts/verify-email/x/": {},
    "/accounts/reset/x/set-password/": {"new_password1": NEW, "new_password2": NEW},
}


def test_s01_a_planted_key_is_never_adopted(server: Server, email: str) -> None:
    """S01, ASVS 7.2.4, WSTG-SESS-03: neither an anonymous key nor an invented one."""
    for planted in (token_urlsafe(24)[:32].lower(), "a" * 32, "x", ""):
        victim = Browser(server)
        victim.cookies[SESSION] = planted
        assert victim.sign_in(email).status == 302
        assert victim.is_signed_in()
        assert victim.cookies[SESSION] != planted
        thief = Browser(server)
        thief.cookies[SESSION] = planted
        assert not thief.is_signed_in()


def test_s02_signing_in_again_changes_the_key(
    server: Server, browser: Browser, email: str
) -> None:
    """S02, ASVS 7.2.4: and the key before is dead."""
    before = browser.copy()
    browser.sign_in(email)

    assert browser.cookies[SESSION] != before.cookies[SESSION]
    assert browser.is_signed_in()
    assert not before.is_signed_in()


def test_s02_showing_the_password_again_changes_the_key(browser: Browser) -> None:
    """S02, ASVS 7.2.4: "including re-authentication"."""
    before = browser.copy()
    browser.submit("/accounts/email_change/", email="elsewhere@example.com", password=PASSWORD)

    assert browser.is_signed_in()
    assert not before.is_signed_in()


def test_s03_cookies_forced_by_another_host_cross_nothing(server: Server, email: str) -> None:
    """S03, WSTG-SESS-03: without the __Host- prefix they are other cookies."""
    attacker, victim = Browser(server), Browser(server)
    attacker.sign_in(email)
    victim.cookies |= {"sessionid": attacker.cookies[SESSION], "csrftoken": "x" * 32}

    assert not victim.is_signed_in()


def test_s05_keys_are_random_and_in_the_cookie_alone(server: Server, email: str) -> None:
    """S05, ASVS 7.2.3, 14.2.1."""
    keys = set()
    for _ in range(5):
        browser = Browser(server)
        browser.sign_in(email)
        key = browser.cookies[SESSION]
        keys.add(key)
        assert re.fullmatch(r"[a-z0-9]{32}", key)
        for path in ("/", "/accounts/sign-ins/", "/accounts/profile/"):
            assert key not in browser.get(path).text
    assert len(keys) == 5
    visitor = Browser(server)
    assert visitor.get(f"/accounts/profile/?sessionid={key}&{SESSION}={key}").status == 302
    assert not any(key in server.log() for key in keys)


def test_s06_signing_out_ends_it_on_the_server(browser: Browser) -> None:
    """S06, ASVS 7.4.1, 14.3.1, WSTG-SESS-06: and leaves nothing in the browser."""
    thief = browser.copy()
    page = browser.get("/")
    answer = browser.post("/accounts/logout/")

    assert not thief.is_signed_in()
    assert SESSION not in browser.cookies
    assert "no-store" in page.headers["Cache-Control"]
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'


def test_s07_no_get_and_no_other_site_signs_out(browser: Browser) -> None:
    """S07, ASVS 3.5.1, 3.5.3."""
    assert browser.get("/accounts/logout/").status == 405
    assert browser.post_bare("/accounts/logout/", {}, Origin="https://evil.test").status == 403
    assert browser.is_signed_in()


@pytest.mark.parametrize("path", FORMS)
def test_s08_s09_no_form_of_another_site_is_taken(
    server: Server, browser: Browser, email: str, path: str
) -> None:
    """S08, S09, ASVS 3.5.1, 3.5.2: no token, a wrong one, another session's, other origins."""
    stranger = Browser(server)
    stranger.get("/accounts/login/")
    browser.get("/accounts/profile/")
    own, form = browser.token(), FORMS[path]
    for token in ("", "x" * 64, stranger.token(), own[:-1] + "-"):
        sent = {**form, "csrfmiddlewaretoken": token}
        assert browser.post_bare(path, sent).status == 403
    for headers in (
        {"Origin": "https://evil.test"},
        {"Origin": "null"},
        {"Origin": f"{ORIGIN}.evil.test"},
        {"Origin": "http://example.com"},
        {"Origin": f"{ORIGIN}:444"},
    ):
        sent = {**form, "csrfmiddlewaretoken": own}
        assert browser.post_bare(path, sent, **headers).status == 403
    text = {"Content-Type": "text/plain", "Origin": "https://evil.test"}
    assert browser.post_bare(path, form, **text).status == 403
    assert browser.is_signed_in()
    assert "Mallory" not in browser.get("/accounts/profile/").text


def test_s08_without_an_origin_the_referer_must_be_ours(browser: Browser) -> None:
    """S08: as browsers that send no Origin do."""
    browser.get("/accounts/profile/")
    form = {"csrfmiddlewaretoken": browser.token(), "name": "Ada"}
    sent = {"Content-Type": "application/x-www-form-urlencoded"}
    path = "/accounts/profile/"
    for referer in ({}, {"Referer": "https://evil.test/"}, {"Referer": "http://example.com/"}):
        body = "&".join(f"{name}={value}" for name, value in form.items())
        assert browser._call("POST", path, body, sent | referer).status == 403  # noqa: SLF001 - without the Origin that it sends
    assert browser._call("POST", path, body, sent | {"Referer": f"{ORIGIN}/"}).status == 302  # noqa: SLF001 - as above


def test_s11_the_csrf_token_changes_at_sign_in_and_is_masked(
    server: Server, visitor: Browser, email: str
) -> None:
    """S11, ASVS 3.5.1."""
    visitor.get("/accounts/login/")
    before, secret = visitor.token(), visitor.cookies[CSRF]
    visitor.sign_in(email)
    visitor.get("/accounts/profile/")
    first = visitor.token()
    visitor.get("/accounts/profile/")

    assert visitor.cookies[CSRF] != secret
    assert visitor.token() != first
    form = {"csrfmiddlewaretoken": before, "name": "Ada"}
    assert visitor.post_bare("/accounts/profile/", form).status == 403


def test_s14_a_new_password_ends_the_other_sessions(
    server: Server, browser: Browser, email: str
) -> None:
    """S14, ASVS 7.4.3: the session that changed it remains, with a new key."""
    other, thief = Browser(server), browser.copy()
    other.sign_in(email)
    answer = browser.submit("/accounts/password_change/", **PASSWORD_CHANGE)

    assert answer.status == 302
    assert browser.is_signed_in()
    assert not other.is_signed_in()
    assert not thief.is_signed_in()
    assert Browser(server).sign_in(email, NEW).status == 302


def test_s14_p23_a_reset_ends_all_and_begins_none(
    server: Server, browser: Browser, email: str
) -> None:
    """S14, P23, ASVS 7.4.3, 6.3.7."""
    visitor = Browser(server)
    visitor.submit("/accounts/password_reset/", email=email)
    page = visitor.get(link_in(server.mail_to(email, "/reset/"))).headers["Location"]
    visitor.submit(page, new_password1=NEW, new_password2=NEW)

    assert not browser.is_signed_in()
    assert not visitor.is_signed_in()
    assert server.mail_to(email, "was changed")
    assert Browser(server).sign_in(email, NEW).status == 302


def test_s16_s17_users_see_and_end_their_sessions(
    server: Server, browser: Browser, email: str
) -> None:
    """S16, S17, ASVS 7.1.2, 7.5.2: as many as they like, each of them in the list."""
    others = [Browser(server) for _ in range(2)]
    for other in others:
        other.sign_in(email)
    page = browser.get("/accounts/sign-ins/").text
    ends = re.findall(r"/accounts/sign-ins/[\w-]{36}/revoke/", page)
    assert len(set(ends)) >= 2
    assert not any(one.cookies[SESSION] in page for one in (browser, *others))

    browser.post("/accounts/sign-ins/revoke-all/", {"others": "1"})
    assert browser.is_signed_in()
    assert not any(other.is_signed_in() for other in others)
    browser.get("/accounts/sign-ins/")
    browser.post("/accounts/sign-ins/revoke-all/")
    assert not browser.is_signed_in()


def test_s16_w28_nobody_ends_the_session_of_another(server: Server, browser: Browser) -> None:
    """S16, W28, ASVS 8.2.2."""
    other = Browser(server)
    other.sign_in(server.new_user())
    page = other.get("/accounts/sign-ins/").text
    path = re.findall(r"/accounts/sign-ins/[\w-]{36}/revoke/", page)[0]
    browser.get("/accounts/sign-ins/")

    assert browser.post(path).status == 404
    assert other.is_signed_in()


@pytest.mark.parametrize(
    "key",
    [
        "x" * 1000,
        "gASVKAAAAAAAAACMBXBvc2l4",
        "../../etc/passwd",
        "' OR 1=1 --",
        "a:b",
        "é",
        # In quotes a cookie can say any byte, and PostgreSQL has no text with this one.
        '"' + "a" * 31 + '\\000"',
        '"\\000"',
        '"' + "\\377" * 32 + '"',
    ],
)
def test_s19_r1_a_made_up_cookie_is_nobody(server: Server, email: str, key: str) -> None:
    """S19, R1, ASVS 1.5.2, 16.5.3: and does not keep its owner from signing in."""
    visitor = Browser(server)
    visitor.cookies[SESSION] = key

    assert not visitor.is_signed_in()
    assert visitor.sign_in(email).status == 302
    assert visitor.is_signed_in()


def test_j17_nothing_else_that_we_sign_is_a_session_or_a_link(
    server: Server, browser: Browser, email: str
) -> None:
    """J17, ASVS 9.2.2, RFC 8725 section 2.8: and the other way round."""
    browser.submit("/accounts/email_change/", email=f"moved-{email}", password=PASSWORD)
    verify = link_in(server.mail_to(f"moved-{email}")).split("/")[3]
    Browser(server).submit("/accounts/password_reset/", email=email)
    _, _, _, uid, reset, _ = link_in(server.mail_to(email, "/reset/")).split("/")
    for value in (verify, reset, browser.cookies[CSRF], browser.token()):
        thief = Browser(server)
        thief.cookies[SESSION] = value
        assert not thief.is_signed_in()
    for value in (browser.cookies[SESSION], browser.cookies[CSRF]):
        assert Browser(server).get(f"/accounts/verify-email/{value}/").status == 400
        assert Browser(server).get(f"/accounts/reset/{uid}/{value}/").status == 200
    assert Browser(server).get(f"/accounts/verify-email/{reset}/").status == 400
    assert Browser(server).get(f"/accounts/reset/{uid}/{verify}/").status == 200

    assert Browser(server).get(f"/accounts/reset/{uid}/{reset}/").status == 302
