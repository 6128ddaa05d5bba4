"""The refresh token in a cookie: scripts cannot read it, foreign sites cannot use it."""

from datetime import UTC, datetime
from http.cookies import Morsel
from typing import Any

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import SignIn, User
from tests.attacks.api.forging import FORGERIES, made, unchanged
from tests.conftest import PASSWORD
from tests.token_auth.api import REFRESH, REVOKE, TOKEN, Pair, accepts_access, claims, client
from tests.token_auth.api import sign_in as begin

COOKIE = "__Secure-refresh_token"
CSRF = "/api/auth/token/csrf/"
ALLOWED = "https://app.testserver"


@pytest.fixture(autouse=True)
def _in_a_cookie(settings: Settings) -> None:
    settings.JWT_REFRESH_COOKIE = True
    settings.CORS_ALLOWED_ORIGINS = [ALLOWED]


class BrowserApp:
    """An app in a browser: the browser keeps the cookie, the app the rest of the answer."""

    def __init__(self, user: User) -> None:
        self.http = client()
        answer = self.http.post(TOKEN, {"email": user.email, "password": PASSWORD})
        assert answer.status_code == 200
        self.pair: Pair = answer.json()

    @property
    def cookie(self) -> Morsel[str]:
        return self.http.cookies[COOKIE]

    def call(self, path: str, csrf_token: str | None = None) -> Any:
        sent = self.pair["csrf_token"] if csrf_token is None else csrf_token
        return self.http.post(path, {}, HTTP_X_CSRFTOKEN=sent)

    def refresh(self) -> int:
        answer = self.call(REFRESH)
        if answer.status_code == 200:
            self.pair = answer.json()
        return int(answer.status_code)


@pytest.fixture
def app(user: User) -> BrowserApp:
    return BrowserApp(user)


def test_the_refresh_token_is_in_the_cookie_and_nowhere_else(app: BrowserApp) -> None:
    assert set(app.pair) == {"access", "csrf_token", "token_type", "expires_in"}
    assert app.cookie.value not in str(app.pair)
    assert claims(app.cookie.value)["typ"] == "refresh"
    assert accepts_access(app.pair)


def test_the_cookie_goes_no_further_than_it_must(app: BrowserApp) -> None:
    assert (app.cookie["httponly"], app.cookie["secure"]) == (True, True)
    assert (app.cookie["samesite"], app.cookie["domain"]) == ("Strict", "")
    assert app.cookie["path"] == "/api/auth/token/"
    token = claims(app.cookie.value)
    assert 0 <= token["exp"] - token["iat"] - app.cookie["max-age"] < 60
    assert abs(token["iat"] - datetime.now(UTC).timestamp()) < 60


def test_refreshing_replaces_the_cookie(app: BrowserApp) -> None:
    first = app.cookie.value

    assert app.refresh() == 200

    assert app.cookie.value != first
    assert set(app.pair) == {"access", "csrf_token", "token_type", "expires_in"}
    assert app.refresh() == 200
    assert accepts_access(app.pair)


@pytest.mark.parametrize("path", [REFRESH, REVOKE])
@pytest.mark.parametrize("token", ["", "nonsense", "a:b", "é", "x" * 5000])
def test_without_its_csrf_token_the_cookie_is_not_used(
    app: BrowserApp, path: str, token: str
) -> None:
    answer = app.call(path, token)

    assert (answer.status_code, answer.json()["code"]) == (403, "csrf_failed")
    assert not answer.cookies
    assert app.refresh() == 200


@pytest.mark.parametrize("path", [REFRESH, REVOKE])
def test_the_csrf_token_of_another_sign_in_is_not_good(
    app: BrowserApp, user: User, path: str
) -> None:
    stranger = User.objects.create_user(
        "eve@example.com", PASSWORD, email_verified_at=user.email_verified_at
    )
    for whose in (user, stranger):
        answer = app.call(path, BrowserApp(whose).pair["csrf_token"])
        assert (answer.status_code, answer.json()["code"]) == (403, "csrf_failed")

    assert app.refresh() == 200


def test_a_signed_text_of_another_kind_is_no_csrf_token(app: BrowserApp) -> None:
    sid = claims(app.cookie.value)["sid"]

    for forged in (sid, f"{sid}:{app.pair['csrf_token'].rpartition(':')[2][::-1]}"):
        assert app.call(REFRESH, forged).status_code == 403
    assert app.refresh() == 200


@pytest.mark.parametrize("path", [REFRESH, REVOKE])
def test_a_token_in_the_body_is_not_read(user: User, path: str) -> None:
    """Otherwise a script that has stolen one could go on with it."""
    raw = begin(user)["refresh"]

    answer = client().post(path, {"refresh": raw})

    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, 'Bearer realm="api"')
    assert SignIn.objects.get().revoked_at is None


def test_a_cookie_is_not_read_where_tokens_travel_in_the_body(
    app: BrowserApp, settings: Settings
) -> None:
    settings.JWT_REFRESH_COOKIE = False

    assert app.call(REFRESH).status_code == 400
    assert app.call(REVOKE).status_code == 400


def test_signing_out_removes_the_cookie(app: BrowserApp) -> None:
    answer = app.call(REVOKE)

    assert answer.status_code == 204
    gone = answer.cookies[COOKIE]
    assert (gone.value, gone["max-age"], gone["path"]) == ("", 0, "/api/auth/token/")
    assert (gone["secure"], gone["samesite"]) == (True, "Strict")
    assert not accepts_access(app.pair)
    assert app.refresh() == 401


def test_a_cookie_replayed_ends_the_family(app: BrowserApp) -> None:
    stolen, csrf_token = app.cookie.value, app.pair["csrf_token"]
    assert (app.refresh(), app.refresh()) == (200, 200)
    thief = client()
    thief.cookies[COOKIE] = stolen

    assert thief.post(REFRESH, {}, HTTP_X_CSRFTOKEN=csrf_token).status_code == 401

    assert app.refresh() == 401
    assert not accepts_access(app.pair)


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forged_cookie_is_refused(app: BrowserApp, name: str) -> None:
    genuine = app.cookie.value
    text = made(FORGERIES[name], genuine).encode().decode("latin-1")
    for path in (REFRESH, REVOKE):
        app.http.cookies[COOKIE] = text
        assert app.call(path).status_code == 401

    app.http.cookies[COOKIE] = made(unchanged, genuine)
    assert app.refresh() == 200


def test_no_get_uses_the_cookie(app: BrowserApp) -> None:
    for path in (REFRESH, REVOKE):
        answer: Any = app.http.get(path, HTTP_X_CSRFTOKEN=app.pair["csrf_token"])
        assert answer.status_code == 405
    assert app.refresh() == 200


def test_the_cookie_signs_nobody_in_elsewhere(app: BrowserApp, api: APIClient) -> None:
    api.cookies[COOKIE] = app.cookie.value

    assert api.get("/api/auth/me/").status_code == 401


def test_the_csrf_token_is_available_after_a_reload_and_in_another_tab(app: BrowserApp) -> None:
    """B03: the cookie is shared, and what scripts held in memory is lost."""
    for _ in range(2):
        answer = app.http.get(CSRF)
        assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
        app.pair = answer.json()
        assert app.refresh() == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://testserver", "Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "same-origin"},
        {"Origin": ALLOWED, "Sec-Fetch-Site": "same-site"},
    ],
    ids=str,
)
def test_the_csrf_token_is_for_allowed_origins(app: BrowserApp, headers: dict[str, str]) -> None:
    """B03."""
    answer = app.http.get(CSRF, headers=headers, secure=True)

    assert answer.json() == {"csrf_token": app.pair["csrf_token"]}


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.testserver", "Sec-Fetch-Site": "same-site"},
        {"Origin": "http://testserver"},
        {"Origin": "https://testserver:8443"},
        {"Origin": f"{ALLOWED}.evil.example"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "none"},
    ],
    ids=str,
)
def test_the_csrf_token_is_refused_to_other_origins(
    app: BrowserApp, headers: dict[str, str]
) -> None:
    """B03."""
    answer = app.http.get(CSRF, headers=headers, secure=True)

    assert (answer.status_code, answer.json()["code"]) == (403, "csrf_failed")
    assert app.pair["csrf_token"] not in answer.content.decode()


def test_the_csrf_token_needs_the_cookie(app: BrowserApp, api: APIClient) -> None:
    assert api.get(CSRF).status_code == 401
    api.cookies[COOKIE] = app.cookie.value[:-4]
    assert api.get(CSRF).status_code == 401


def test_there_is_no_csrf_token_where_tokens_travel_in_the_body(
    app: BrowserApp, settings: Settings
) -> None:
    settings.JWT_REFRESH_COOKIE = False

    assert app.http.get(CSRF).status_code == 404


def test_two_tabs_that_share_the_cookie_stay_signed_in(app: BrowserApp) -> None:
    """B01: both sent the same cookie before either had the response."""
    before = app.cookie.value
    assert app.refresh() == 200
    successor = app.cookie.value
    app.http.cookies[COOKIE] = before

    assert app.refresh() == 200

    assert app.cookie.value == successor
    assert app.refresh() == 200
