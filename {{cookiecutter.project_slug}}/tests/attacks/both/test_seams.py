"""B: where sessions and tokens meet."""

import json

import pytest

from tests.attacks.api.caller import JSON, ME, REFRESH, REVOKE, Caller, code_of
from tests.attacks.pages.browser import ORIGIN, SESSION, Browser
from tests.attacks.pages.test_pages_answers import ADMIN
from tests.attacks.server import PASSWORD, Answer, Server, somewhere

EXCHANGE = "/api/auth/token/exchange/"
NEW = "the tide comes in at six"


def together(browser: Browser, caller: Caller, method: str, path: str, body: object) -> Answer:
    """Call with the cookies of the one and the access token of the other."""
    cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    return caller.call(method, path, body, Cookie=cookie, Origin="https://evil.test")


def exchange(browser: Browser, **headers: str) -> Answer:
    """Ask for tokens for a session."""
    sent = {"Origin": ORIGIN, "X-CSRFToken": browser.token()} | headers
    return browser._call("POST", EXCHANGE, "{}", JSON | sent)  # noqa: SLF001 - no form


@pytest.mark.parametrize("path", ["/", ME, "/accounts/profile/", ADMIN, "/api/auth/sign-ins/"])
def test_b01_two_principals_are_refused(server: Server, browser: Browser, path: str) -> None:
    """B01, ASVS 8.3.3, RFC 6750 section 2: on every layer, with one code."""
    stranger = Caller(server).signed_in(server.new_user())
    answer = together(browser, stranger, "GET", path, None)

    assert answer.status == 401
    assert code_of(answer) == "credential_conflict"
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="api"'
    assert browser.is_signed_in()
    assert stranger.is_let_in()


def test_b03_a_bearer_of_the_attacker_does_not_stand_in_for_a_csrf_token(
    server: Server, browser: Browser, email: str
) -> None:
    """B03, ASVS 3.5.1: never as the victim, whose cookie came along."""
    attacker = Caller(server).signed_in(server.new_user())
    for method, path in (("PATCH", ME), ("POST", "/accounts/profile/"), ("POST", EXCHANGE)):
        answer = together(browser, attacker, method, path, {"name": "Mallory"})
        assert answer.status in {401, 403}

    assert "Mallory" not in browser.get("/accounts/profile/").text


def test_b05_a_session_opens_no_call_for_tokens(browser: Browser) -> None:
    """B05, ASVS 8.2.1, 9.2.2."""
    browser.get("/accounts/profile/")
    csrf = {"Origin": ORIGIN, "X-CSRFToken": browser.token()}
    assert browser._call("GET", ME, None, csrf).status == 401  # noqa: SLF001 - no form
    assert browser._call("PATCH", ME, '{"name": "x"}', JSON | csrf).status == 401  # noqa: SLF001 - as above
    for path in (REFRESH, REVOKE):
        assert browser._call("POST", path, "{}", JSON | csrf).status == 400  # noqa: SLF001 - as above
    assert browser.is_signed_in()


@pytest.mark.parametrize("path", ["/", "/accounts/profile/", "/accounts/sign-ins/", ADMIN])
def test_b06_a_token_opens_no_page(holder: Caller, path: str) -> None:
    """B06, ASVS 6.3.4."""
    answer = holder.call("GET", path)

    assert answer.status == 302
    assert "/login/" in answer.headers["Location"]


def test_b07_tokens_for_a_session_take_its_csrf_token(browser: Browser) -> None:
    """B07, S09, ASVS 3.5.1, 7.6.2."""
    browser.get("/accounts/profile/")
    for headers in (
        {"X-CSRFToken": ""},
        {"X-CSRFToken": "x" * 64},
        {"Origin": "https://evil.test"},
        {"Origin": "null"},
    ):
        answer = exchange(browser, **headers)
        assert answer.status == 403
        assert b"access" not in answer.body

    answer = exchange(browser)
    assert answer.status == 200
    assert "no-store" in answer.headers["Cache-Control"]


def test_b08_what_one_buys_the_other_ends_together(server: Server, browser: Browser) -> None:
    """B08, ASVS 7.4.1, 7.5.2: signing out on the page ends the tokens of that session."""
    browser.get("/accounts/profile/")
    tokens = Caller(server)
    tokens.keep(exchange(browser))
    assert tokens.is_let_in()
    browser.get("/")
    browser.post("/accounts/logout/")

    assert not tokens.is_let_in()
    assert tokens.renew().status == 401


def test_b08_revoking_the_tokens_ends_their_session(server: Server, browser: Browser) -> None:
    """B08: the other way round."""
    browser.get("/accounts/profile/")
    tokens = Caller(server)
    tokens.keep(exchange(browser))
    assert tokens.post(REVOKE, refresh=tokens.refresh).status == 204

    assert not browser.is_signed_in()


@pytest.mark.parametrize("where", ["page", "api"])
def test_b08_signing_out_everywhere_ends_both_kinds(
    browser: Browser, holder: Caller, where: str
) -> None:
    """B08, S16, ASVS 7.5.2."""
    if where == "page":
        browser.get("/accounts/sign-ins/")
        browser.post("/accounts/sign-ins/revoke-all/")
    else:
        assert holder.call("DELETE", "/api/auth/sign-ins/").status == 204

    assert not browser.is_signed_in()
    assert not holder.is_let_in()
    assert holder.renew().status == 401


@pytest.mark.parametrize("where", ["page", "api"])
def test_b09_a_new_password_reaches_both_kinds(
    browser: Browser, holder: Caller, where: str
) -> None:
    """B09, ASVS 7.4.3: the sign-in that changed it remains."""
    if where == "page":
        form = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
        assert browser.submit("/accounts/password_change/", **form).status == 302
    else:
        body = {"current_password": PASSWORD, "new_password": NEW}
        assert holder.post("/api/auth/password/change/", **body).status == 204

    assert browser.is_signed_in() is (where == "page")
    assert holder.is_let_in() is (where == "api")


def test_b10_p13_pages_and_api_share_every_budget(server: Server, email: str) -> None:
    """B10, P13, ASVS 6.1.3, 6.3.4: half here and half there is the whole."""
    address = somewhere()
    for _ in range(2):
        assert Browser(server, address).sign_in(email, "wrong").status == 200
        assert Caller(server, address).sign_in(email, "wrong").status == 401
    assert Browser(server, address).sign_in(email, "wrong").status == 200

    assert Browser(server, address).sign_in(email).status == 429
    assert Caller(server, address).sign_in(email).status == 429


def test_b12_no_origin_gets_cookies_along(browser: Browser, holder: Caller) -> None:
    """B12, ASVS 3.4.2, 3.5.2: nor any page."""
    for answer in (
        holder.call("GET", ME, Origin="https://app.example.com"),
        browser.get("/accounts/profile/", Origin="https://app.example.com"),
    ):
        assert "Access-Control-Allow-Credentials" not in answer.headers


def test_both_kinds_are_in_one_list_without_their_keys(browser: Browser, holder: Caller) -> None:
    """S16, S18, W29."""
    rows = json.loads(holder.call("GET", "/api/auth/sign-ins/").body)

    assert {row["kind"] for row in rows} == {"session", "token"}
    assert browser.cookies[SESSION] not in str(rows)
