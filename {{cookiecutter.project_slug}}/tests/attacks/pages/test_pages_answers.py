"""W: what pages answer."""

import re

import pytest

from tests.attacks.checks import assert_gives_nothing_away, assert_headers, policy_of
from tests.attacks.pages.browser import ORIGIN, SESSION, Browser
from tests.attacks.server import Server, status_of

ADMIN = "/back-office/"
STAFF = "staff@example.com"
PAGES = [
    "/",
    "/accounts/login/",
    "/accounts/password_reset/",
    "/accounts/password_reset/done/",
    "/accounts/reset/x/x/",
    "/accounts/reset/done/",
    "/accounts/verify-email/x/",
    "/accounts/password_change/",
    "/accounts/email_change/",
    "/accounts/profile/",
    "/accounts/sign-ins/",
    ADMIN,
    f"{ADMIN}accounts/user/",
    f"{ADMIN}accounts/user/add/",
    "/nothing/",
]
ELSEWHERE = [
    "https://evil.test",
    "//evil.test",
    "/\\evil.test",
    "\\\\evil.test",
    "///evil.test",
    "https:evil.test",
    "javascript:alert(1)",
    "http://example.com@evil.test",
    "https://example.com.evil.test",
    "/\t/evil.test",
    "/%09/evil.test",
    "/\r\nSet-Cookie: a=b",
    "//example.com@evil.test",
    "http:///evil.test",
    "data:text/html,x",
    "\x00//evil.test",
]


@pytest.fixture(scope="module")
def staff(server: Server) -> Browser:
    signed_in = Browser(server)
    assert signed_in.sign_in(STAFF).status == 302
    return signed_in


@pytest.mark.parametrize("path", PAGES)
def test_w01_to_w07_headers_are_on_every_page(staff: Browser, path: str) -> None:
    """W01, W02, W03, W04, W05, W06, W07, ASVS 3.4.1 to 3.4.8, 14.3.2."""
    assert_headers(staff.get(path))


@pytest.mark.parametrize("path", PAGES)
def test_w03_every_page_has_a_nonce_of_its_own_and_no_inline_script(
    staff: Browser, path: str
) -> None:
    """W03, ASVS 3.4.3: nothing on the page needs more than its policy gives."""
    first, second = (staff.get(path) for _ in range(2))

    nonces = {policy_of(answer)["script-src"] for answer in (first, second)}
    assert len(nonces) == 2
    assert all(re.fullmatch(r"'self' 'nonce-[\w+/=]{22,}'", nonce) for nonce in nonces)
    assert not re.search(r"<script(?![^>]*\ssrc=)(?![^>]*type=.application/json)", first.text)
    assert not re.search(r"<style|<[^>]*\s(style|on\w+)=|=.javascript:", first.text)


def test_w01_static_files_and_redirects_have_the_headers_too(server: Server) -> None:
    """W01, W02, W04."""
    style = server.call("GET", "/static/session_auth/site.css")
    assert style.status == 200
    assert_headers(style, may_be_cached=True)
    redirect = server.call("GET", "/accounts/profile/")
    assert redirect.status == 302
    assert_headers(redirect)
    refused = server.call("POST", "/accounts/login/")
    assert refused.status == 403
    assert_headers(refused)
    wrong_method = server.call("PUT", "/accounts/sign-ins/revoke-all/")
    assert wrong_method.status == 403
    assert_headers(wrong_method)


def test_w08_the_redirect_to_tls_does_not_believe_a_foreign_host(server: Server) -> None:
    """W08: over plain HTTP too."""
    answer = server.call("GET", "/accounts/login/", headers={"Host": "evil.test"}, scheme="http")

    assert answer.status == 400
    assert_gives_nothing_away(answer)
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_w10_w12_pages_lead_to_tls(server: Server) -> None:
    """W10, W12, ASVS 12.2.1: only what the proxy says counts as TLS."""
    for headers in ({}, {"Front-End-Https": "on"}, {"X-Forwarded-Protocol": "https"}):
        answer = server.call("GET", "/accounts/login/", headers=headers, scheme="http")
        # Contradictions are refused by the server already.
        assert answer.status in {301, 400}
    for headers in ({}, {"Front-End-Https": "on"}):
        answer = server.call("GET", "/accounts/login/", headers=headers, scheme="http")
        assert answer.headers["Location"] == f"{ORIGIN}/accounts/login/"


def test_w09_links_and_redirects_name_the_configured_host(
    server: Server, visitor: Browser, email: str
) -> None:
    """W09, P20, ASVS 4.1.3: regardless of the request's claims."""
    claims = {"X_Forwarded_Host": "evil.test", "Forwarded": "host=evil.test"}
    visitor.get("/accounts/password_reset/", **claims)
    answer = visitor.post("/accounts/password_reset/", {"email": email}, **claims)

    assert answer.headers["Location"] == "/accounts/password_reset/done/"
    assert "evil" not in server.mail_to(email)
    assert f"{ORIGIN}/accounts/reset/" in server.mail_to(email)


@pytest.mark.parametrize("target", ELSEWHERE)
def test_w13_signing_in_and_out_leads_nowhere_else(
    server: Server, email: str, target: str
) -> None:
    """W13, ASVS 3.7.2, RFC 9700 section 4.11."""
    browser = Browser(server)
    browser.get("/accounts/login/")
    form = {"username": email, "password": "a long walk by the sea", "next": target}
    answer = browser.post("/accounts/login/", form)
    assert answer.status == 302
    assert re.fullmatch(r"/([^/\\].*)?", answer.headers["Location"])
    assert "a" not in browser.cookies
    browser.get("/")
    answer = browser.post("/accounts/logout/", {"next": target})
    assert answer.status == 302
    assert re.fullmatch(r"/([^/\\].*)?", answer.headers["Location"])


def test_w13_our_own_pages_are_led_to(browser: Browser, server: Server, email: str) -> None:
    """W13's twin."""
    answer = Browser(server).get("/accounts/profile/")
    assert answer.headers["Location"] == "/accounts/login/?next=/accounts/profile/"
    visitor = Browser(server)
    visitor.get(answer.headers["Location"])
    form = {
        "username": email,
        "password": "a long walk by the sea",
        "next": "/accounts/profile/",
    }
    assert visitor.post("/accounts/login/", form).headers["Location"] == "/accounts/profile/"


@pytest.mark.parametrize(
    "origin", ["https://evil.test", "null", "https://example.com.evil.test", "http://example.com"]
)
def test_w14_no_page_is_opened_to_other_origins(browser: Browser, origin: str) -> None:
    """W14, ASVS 3.4.2."""
    answer = browser.get("/accounts/profile/", Origin=origin)

    assert answer.status == 200
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_w15_every_cookie_is_tied_to_this_host(server: Server, email: str) -> None:
    """W15, ASVS 3.3.1 to 3.3.4: all cookies of a journey."""
    browser = Browser(server)
    browser.sign_in(email)
    browser.submit("/accounts/profile/", name="Ada")
    browser.get("/accounts/profile/")
    browser.get("/")
    browser.post("/accounts/logout/")

    assert {line.partition("=")[0] for line in browser.seen} == {SESSION, "__Host-csrftoken"}
    for line in browser.seen:
        words = {word.strip().lower() for word in line.split(";")[1:]}
        assert {"secure", "httponly", "samesite=lax", "path=/"} <= words, line
        assert not any(word.startswith("domain") for word in words), line


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", '{"username": "a", "password": "b"}'),
        ("text/plain", "username=a&password=b"),
        ("application/x-www-form-urlencoded; charset=base64", "username=a"),
        ("multipart/form-data", "x"),
        ("multipart/form-data; boundary=", "x"),
        ("multipart/form-data; boundary=a", "--a\r\nContent-Disposition: form-data"),
        ("", "username=a"),
        ("text/xml", "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><x>&e;</x>"),
    ],
)
def test_w17_w20_what_is_no_form_signs_nobody_in(
    server: Server, content_type: str, body: str
) -> None:
    """W17, W20, ASVS 16.5.1."""
    answer = server.call("POST", "/accounts/login/", body, {"Content-Type": content_type})

    assert answer.status in {400, 403}
    assert answer.headers.get_content_type() == "text/html"
    assert_gives_nothing_away(answer)


@pytest.mark.parametrize("method", ["TRACE", "FOO", "PROPFIND"])
@pytest.mark.parametrize("path", ["/accounts/login/", "/", "/accounts/logout/", ADMIN])
def test_w21_methods_that_no_page_has(browser: Browser, method: str, path: str) -> None:
    """W21, ASVS 4.1.4, 13.4.4: neither redirected nor taken for another."""
    answer = browser._call(method, path, None, {"X-HTTP-Method-Override": "GET"})  # noqa: SLF001 - of no public use

    assert answer.status == 405
    assert browser.is_signed_in()


def test_w21_a_hidden_method_is_not_read(browser: Browser) -> None:
    """W21: GET stays GET, POST stays POST."""
    assert (
        browser.get("/accounts/logout/?_method=POST", X_HTTP_Method_Override="POST").status == 405
    )
    browser.get("/accounts/profile/")
    browser.post("/accounts/profile/", {"_method": "DELETE", "name": "Ada"})
    assert browser.is_signed_in()


@pytest.mark.parametrize("path", [ADMIN, f"{ADMIN}accounts/user/", f"{ADMIN}jsi18n/"])
def test_w22_w28_the_admin_is_for_staff(visitor: Browser, browser: Browser, path: str) -> None:
    """W22, W28, ASVS 8.2.1."""
    for who in (visitor, browser):
        answer = who.get(path)
        assert answer.status in {302, 403}
        assert b"evil" not in answer.body


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
def test_w29_r1_lists_in_the_admin_spell_nothing_out(
    staff: Browser, page: str, lookup: str
) -> None:
    """W29, R1, ASVS 8.2.3, 16.5.3: nor can a filter be made up that is a fault."""
    assert staff.get(f"{ADMIN}{page}?{lookup}").status == 400
    assert staff.get(f"{ADMIN}{page}?q=user1").status == 200


def test_w27_a_form_changes_no_more_than_it_shows(server: Server, browser: Browser) -> None:
    """W27, ASVS 15.3.3."""
    more = {"is_staff": "on", "is_superuser": "on", "email": "x@evil.test", "password": "x"}
    browser.submit("/accounts/profile/", name="Ada", **more)

    page = browser.get("/accounts/profile/").text
    assert 'value="Ada"' in page
    assert "evil" not in page
    assert browser.get(ADMIN).status == 403


@pytest.mark.parametrize(
    "name",
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "{{9871*1237}}",
        "{% debug %}",
    ],
)
def test_w30_names_are_shown_as_they_are(browser: Browser, name: str) -> None:
    """W30, ASVS 1.2.1, 3.2.2."""
    browser.submit("/accounts/profile/", name=name)

    page = browser.get("/accounts/profile/").text
    assert "<script>alert" not in page
    assert "<img" not in page
    assert "12210427" not in re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)


def test_w20_forms_over_the_wire_are_bounded(server: Server, visitor: Browser) -> None:
    """W18, ASVS 15.2.2: too many fields, too large a body."""
    visitor.get("/accounts/login/")
    many = {f"f{number}": "x" for number in range(300)}
    assert visitor.post("/accounts/login/", many).status == 400
    assert visitor.post("/accounts/login/", {"username": "x" * 2**21}).status in {400, 413}
    assert status_of(server.raw(b"GET /" + b"a" * 10000 + b" HTTP/1.1\r\n\r\n")) == 414
