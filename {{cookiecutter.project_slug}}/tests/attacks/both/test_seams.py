"""B: the boundary between sessions and tokens."""

from itertools import cycle, islice

import pytest

from tests.attacks.api.client import JSON, ME, SIGN_INS, TOKEN, Caller, code_of
from tests.attacks.client import NEW
from tests.attacks.pages.client import ADMIN, LOGIN, ORIGIN, PROFILE, SESSION, Browser
from tests.attacks.server import LIMITS, PASSWORD, Answer, Server, somewhere

EXCHANGE = "/api/auth/token/exchange/"
PAGE_SIGN_INS = "/accounts/sign-ins/"


def together(browser: Browser, caller: Caller, method: str, path: str, body: object) -> Answer:
    """Send a request with the cookies of one user and the access token of another."""
    cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    return caller.call(method, path, body, Cookie=cookie, Origin="https://evil.test")


def by_script(browser: Browser, method: str, path: str, body: str, **headers: str) -> Answer:
    """Send a request as a script of our own pages."""
    browser.get(PROFILE)
    sent = JSON | {"Origin": ORIGIN, "X-CSRFToken": browser.token()} | headers
    return browser.call(method, path, body, sent)


@pytest.fixture
def exchanged(server: Server, browser: Browser) -> Caller:
    """A client with tokens for the session of the browser."""
    tokens = Caller(server)
    answer = by_script(browser, "POST", EXCHANGE, "{}")
    assert "no-store" in answer.headers["Cache-Control"]
    tokens.keep(answer)
    return tokens


@pytest.mark.parametrize("path", ["/", ME, TOKEN, LOGIN, PROFILE, ADMIN, SIGN_INS])
def test_b01_two_users_in_one_request_are_rejected(
    server: Server, browser: Browser, path: str
) -> None:
    """B01, ASVS 8.3.3, RFC 6750 section 2: at every layer, with the same code."""
    stranger = Caller(server).signed_in(server.new_user())
    answer = together(browser, stranger, "GET", path, None)

    assert answer.status == 401
    assert code_of(answer) == "credential_conflict"
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="api"'
    assert browser.is_signed_in()
    assert stranger.is_let_in()


def test_b03_bearer_token_does_not_replace_a_csrf_token(server: Server, browser: Browser) -> None:
    """B03, ASVS 3.5.1: the victim's cookie has no effect."""
    attacker = Caller(server).signed_in(server.new_user())
    for method, path in (("PATCH", ME), ("POST", PROFILE), ("POST", EXCHANGE)):
        answer = together(browser, attacker, method, path, {"name": "Mallory"})
        assert answer.status in {401, 403}

    assert "Mallory" not in browser.get(PROFILE).text


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        *(("GET", ME, 401), ("PATCH", ME, 401)),
        *(("POST", f"{TOKEN}refresh/", 400), ("POST", f"{TOKEN}revoke/", 400)),
    ],
)
def test_b05_session_does_not_authenticate_api_requests(
    browser: Browser, method: str, path: str, status: int
) -> None:
    """B05, ASVS 8.2.1, 9.2.2."""
    assert by_script(browser, method, path, '{"name": "x"}').status == status
    assert browser.is_signed_in()


@pytest.mark.parametrize("path", ["/", PROFILE, PAGE_SIGN_INS, ADMIN])
def test_b06_token_does_not_open_pages(holder: Caller, path: str) -> None:
    """B06, ASVS 6.3.4."""
    answer = holder.call("GET", path)

    assert answer.status == 302
    assert "/login/" in answer.headers["Location"]


@pytest.mark.parametrize(
    "headers",
    [
        *({"X-CSRFToken": ""}, {"X-CSRFToken": "x" * 64}),
        *({"Origin": "https://evil.test"}, {"Origin": "null"}),
    ],
    ids=str,
)
def test_b07_exchange_requires_the_csrf_token(
    browser: Browser, exchanged: Caller, headers: dict[str, str]
) -> None:
    """B07, S09, ASVS 3.5.1, 7.6.2."""
    answer = by_script(browser, "POST", EXCHANGE, "{}", **headers)

    assert (answer.status, code_of(answer)) == (403, "permission_denied")
    assert b"access" not in answer.body


@pytest.mark.parametrize("where", ["page", "api"])
def test_b08_signing_out_everywhere_ends_both_kinds(
    browser: Browser, holder: Caller, where: str
) -> None:
    """B08, S16, S18, W29, ASVS 7.5.2: one list contains both, without credentials."""
    rows = holder.get(SIGN_INS)
    assert {row["kind"] for row in rows} == {"session", "token"}
    assert browser.cookies[SESSION] not in str(rows)
    if where == "page":
        browser.get(PAGE_SIGN_INS)
        browser.post(f"{PAGE_SIGN_INS}revoke-all/")
    else:
        assert holder.call("DELETE", SIGN_INS).status == 204

    assert not browser.is_signed_in()
    assert holder.is_over()


@pytest.mark.parametrize("where", ["page", "api"])
def test_b09_password_change_revokes_both_kinds(
    browser: Browser, holder: Caller, where: str
) -> None:
    """B09, ASVS 7.4.3: the sign-in that changed the password remains."""
    who = browser if where == "page" else holder
    assert who.outcome(who.change_password(PASSWORD, NEW)) == "done"

    assert browser.is_signed_in() is (where == "page")
    assert holder.is_let_in() is (where == "api")


def test_b10_p13_pages_and_api_share_rate_limits(server: Server, email: str) -> None:
    """B10, P13, ASVS 6.1.3, 6.3.4: attempts on both count together."""
    address = somewhere()
    for kind in islice(cycle((Browser, Caller)), LIMITS["account_and_ip"][0]):
        assert kind(server, address).tries(email, "wrong") == "refused"

    assert Browser(server, address).tries(email) == "throttled"
    assert Caller(server, address).tries(email) == "throttled"


def test_b12_cross_origin_requests_carry_no_cookies(browser: Browser, holder: Caller) -> None:
    """B12, ASVS 3.4.2, 3.5.2: neither by the API nor by pages."""
    origin = "https://app.example.com"
    for answer in (holder.call("GET", ME, Origin=origin), browser.get(PROFILE, Origin=origin)):
        assert "Access-Control-Allow-Credentials" not in answer.headers
