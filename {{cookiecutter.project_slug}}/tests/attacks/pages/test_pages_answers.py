"""W: responses of pages."""

import re

import pytest

from tests.attacks.checks import assert_gives_nothing_away, assert_headers, policy_of
from tests.attacks.client import NEW
from tests.attacks.pages.client import ADMIN, LOGIN, ORIGIN, PROFILE, RESET, SESSION, Browser
from tests.attacks.server import PASSWORD, Server, status_of

PAGES = [
    *("/", LOGIN, RESET, PROFILE, "/accounts/password_change/", "/accounts/email_change/"),
    *("/accounts/password_reset/done/", "/accounts/reset/x/x/", "/accounts/reset/done/"),
    *("/accounts/verify-email/x/", "/accounts/sign-ins/", "/nothing/"),
    *(ADMIN, f"{ADMIN}accounts/user/", f"{ADMIN}accounts/user/add/"),
]
ELSEWHERE = ["https://evil.test", "//evil.test", "/\\evil.test", "javascript:alert(1)"]


@pytest.fixture(scope="module")
def staff(server: Server) -> Browser:
    return Browser(server).signed_in("staff@example.com")


@pytest.mark.parametrize("path", PAGES)
def test_w01_to_w07_every_page_has_the_headers(staff: Browser, path: str) -> None:
    """W01, W02, W03, W04, W05, W06, W07, ASVS 3.4.1 to 3.4.8, 14.3.2: and a new nonce."""
    first, second = (staff.get(path) for _ in range(2))

    assert_headers(first)
    nonces = {policy_of(answer)["script-src"] for answer in (first, second)}
    assert len(nonces) == 2
    assert all(re.fullmatch(r"'self' 'nonce-[\w+/=]{22,}'", nonce) for nonce in nonces)
    assert not re.search(r"<script(?![^>]*\ssrc=)(?![^>]*type=.application/json)", first.text)
    assert not re.search(r"<style|<[^>]*\s(style|on\w+)=|=.javascript:", first.text)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/static/session_auth/site.css", 200),
        ("GET", PROFILE, 302),
        ("POST", LOGIN, 403),
        ("PUT", "/accounts/sign-ins/revoke-all/", 403),
    ],
)
def test_w01_static_files_and_errors_have_the_headers(
    server: Server, method: str, path: str, status: int
) -> None:
    """W01, W02, W04."""
    answer = server.call(method, path)

    assert answer.status == status
    assert_headers(answer, may_be_cached=path.startswith("/static/"))


@pytest.mark.parametrize(
    "headers", [{}, {"Front-End-Https": "on"}, {"X-Forwarded-Protocol": "https"}], ids=str
)
def test_w10_w12_pages_redirect_to_https(server: Server, headers: dict[str, str]) -> None:
    """W10, W12, ASVS 12.2.1: only the proxy decides what counts as TLS."""
    answer = server.call("GET", LOGIN, headers=headers, scheme="http")

    assert answer.status == 301
    assert answer.headers["Location"] == f"{ORIGIN}{LOGIN}"


@pytest.mark.parametrize("target", [PROFILE, *ELSEWHERE])
def test_w13_sign_in_and_out_redirect_only_to_this_host(
    visitor: Browser, email: str, target: str
) -> None:
    """W13, ASVS 3.7.2, RFC 9700 section 4.11: only to our pages."""
    assert visitor.get(PROFILE).headers["Location"] == f"{LOGIN}?next={PROFILE}"
    visitor.get(LOGIN)
    signed_in = visitor.post(LOGIN, {"username": email, "password": PASSWORD, "next": target})
    visitor.get("/")
    signed_out = visitor.post("/accounts/logout/", {"next": target})

    for answer in (signed_in, signed_out):
        assert answer.status == 302
        assert re.fullmatch(r"/([^/\\].*)?", answer.headers["Location"])
    assert (signed_in.headers["Location"] == target) is (target == PROFILE)
    assert "a" not in visitor.cookies


@pytest.mark.parametrize("origin", ["https://evil.test", "null", "http://example.com"])
def test_w14_pages_have_no_cors_headers(browser: Browser, origin: str) -> None:
    """W14, ASVS 3.4.2."""
    answer = browser.get(PROFILE, Origin=origin)

    assert answer.status == 200
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_w15_every_cookie_is_limited_to_this_host(browser: Browser) -> None:
    """W15, ASVS 3.3.1 to 3.3.4: all cookies of a journey."""
    browser.submit(PROFILE, name="Ada")
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
        ("multipart/form-data; boundary=a", "--a\r\nContent-Disposition: form-data"),
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


@pytest.mark.parametrize("path", [ADMIN, f"{ADMIN}accounts/user/", f"{ADMIN}jsi18n/"])
def test_w22_w28_admin_requires_staff(visitor: Browser, email: str, path: str) -> None:
    """W22, W28, ASVS 8.2.1."""
    assert visitor.get(path).status == 302
    assert visitor.signed_in(email).get(path).status == 403


def test_w27_p24_extra_form_fields_are_ignored(
    server: Server, browser: Browser, email: str
) -> None:
    """W27, P24, ASVS 6.2.2, 15.3.3."""
    more = {"is_staff": "on", "is_superuser": "on", "email": "x@evil.test", "password": NEW}
    browser.submit(PROFILE, name="Ada", **more, new_password1=NEW)

    page = browser.get(PROFILE).text
    assert 'value="Ada"' in page
    assert "evil" not in page
    assert browser.get(ADMIN).status == 403
    assert Browser(server).tries(email) == "done"


def test_w30_markup_in_a_name_is_escaped(browser: Browser) -> None:
    """W30, ASVS 1.2.1, 3.2.2."""
    name = '"><img src=x onerror=alert(1)><script>alert(1)</script>{{9871*1237}}{% debug %}'
    browser.submit(PROFILE, name=name)

    page = browser.get(PROFILE).text
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "12210427" not in re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)
    assert "{{9871*1237}}{% debug %}" in page


def test_w18_oversized_forms_are_rejected(server: Server, visitor: Browser) -> None:
    """W18, ASVS 15.2.2: too many fields, too large a body."""
    visitor.get(LOGIN)
    many = {f"f{number}": "x" for number in range(300)}
    assert visitor.post(LOGIN, many).status == 400
    assert visitor.post(LOGIN, {"username": "x" * 2**21}).status in {400, 413}
    assert status_of(server.raw(b"GET /" + b"a" * 10000 + b" HTTP/1.1\r\n\r\n")) == 414
