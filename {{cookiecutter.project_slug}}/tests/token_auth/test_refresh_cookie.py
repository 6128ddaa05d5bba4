"""The refresh token in a cookie: scripts cannot read it, foreign sites cannot use it."""

from collections.abc import Callable
from http.cookies import Morsel
from typing import Any

import pytest
from django.conf import settings as project_settings
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import SignIn, User
from tests.attacks.api.forging import made, unsigned
from tests.token_auth import api as auth
from tests.token_auth.api import Pair, accepts_access, claims, client, sign_in
from token_auth.transport import PARAMETERS

COOKIE = project_settings.JWT_REFRESH_COOKIE_NAME
CSRF = "/api/auth/token/csrf/"
ALLOWED = "https://app.testserver"

read_by = pytest.mark.parametrize("path", [auth.REFRESH, auth.REVOKE])


@pytest.fixture(autouse=True)
def _in_a_cookie(settings: Settings) -> None:
    settings.JWT_REFRESH_COOKIE = True
    settings.CORS_ALLOWED_ORIGINS = [ALLOWED]


class BrowserApp:
    """An app in a browser: the browser keeps the cookie, the app the rest of the response."""

    def __init__(self) -> None:
        self.http = client()
        self.pair: Pair = self.http.post(auth.TOKEN, auth.CREDENTIALS).json()

    @property
    def cookie(self) -> Morsel[str]:
        return self.http.cookies[COOKIE]

    def call(self, path: str, csrf_token: str | None = None) -> Any:
        sent = self.pair["csrf_token"] if csrf_token is None else csrf_token
        return self.http.post(path, {}, HTTP_X_CSRFTOKEN=sent)


@pytest.fixture
def app(user: User) -> BrowserApp:
    return BrowserApp()


def test_refresh_token_is_in_a_restricted_cookie_that_each_refresh_replaces(
    app: BrowserApp,
) -> None:
    """B03: a reload and another tab share the cookie, and get the CSRF token again."""
    for _ in range(2):
        cookie = app.cookie
        assert set(app.pair) == {"access", "csrf_token", "token_type", "expires_in"}
        assert (cookie["httponly"], cookie["secure"]) == (True, True)
        assert (cookie["samesite"], cookie["domain"], cookie["path"]) == ("Strict", "", auth.TOKEN)
        token = claims(cookie.value)
        assert token["typ"] == "refresh"
        assert 0 <= token["exp"] - token["iat"] - cookie["max-age"] < 60
        assert accepts_access(app.pair)
        before = cookie.value
        response = app.http.get(CSRF)
        assert response["Cache-Control"] == "no-store"
        assert app.call(auth.REFRESH, response.json()["csrf_token"]).status_code == 200
        assert app.cookie.value != before


@read_by
def test_cookie_is_refused_without_the_csrf_token_of_its_sign_in(
    app: BrowserApp, path: str
) -> None:
    sid, signature = claims(app.cookie.value)["sid"], app.pair["csrf_token"].rpartition(":")[2]
    another = BrowserApp().pair["csrf_token"]

    for token in ("", another, sid, f"{sid}:{signature[::-1]}"):
        response = app.call(path, token)
        assert (response.status_code, response.json()["code"]) == (403, "csrf_failed")
    assert app.call(auth.REFRESH).status_code == 200


@read_by
def test_token_in_the_body_is_not_read(user: User, path: str) -> None:
    """Otherwise a script that has stolen one could continue with it."""
    response = client().post(path, {"refresh": sign_in(user)["refresh"]})

    assert (response.status_code, response["WWW-Authenticate"]) == (401, 'Bearer realm="api"')
    assert SignIn.objects.get().revoked_at is None


def test_cookie_and_csrf_token_do_nothing_where_tokens_are_in_the_body(
    app: BrowserApp, settings: Settings
) -> None:
    settings.JWT_REFRESH_COOKIE = False

    assert [app.call(path).status_code for path in (auth.REFRESH, auth.REVOKE)] == [400, 400]
    assert app.http.get(CSRF).status_code == 404


@pytest.mark.parametrize(
    "end",
    [
        lambda app: app.call(auth.REVOKE),
        lambda app: app.http.delete(
            auth.ME, headers={"Authorization": f"Bearer {app.pair['access']}"}
        ),
    ],
    ids=["signing out", "deletion of the account"],
)
def test_end_of_the_sign_in_removes_the_cookie(
    app: BrowserApp, end: Callable[[BrowserApp], Any]
) -> None:
    response = end(app)

    assert response.status_code == 204
    gone = response.cookies[COOKIE]
    assert (gone.value, gone["max-age"], gone["path"]) == ("", 0, auth.TOKEN)
    assert not accepts_access(app.pair)
    assert app.call(auth.REFRESH).status_code == 401


def test_forged_cookie_is_refused(app: BrowserApp) -> None:
    app.http.cookies[COOKIE] = made(unsigned("none"), app.cookie.value)

    assert [app.call(path).status_code for path in (auth.REFRESH, auth.REVOKE)] == [401, 401]
    assert app.http.get(CSRF).status_code == 401


@pytest.mark.parametrize(
    ("origin", "site", "status"),
    [
        ("https://testserver", "same-origin", 200),
        (None, "same-origin", 200),
        (ALLOWED, "same-site", 200),
        ("https://evil.testserver", "same-site", 403),
        (f"{ALLOWED}.evil.example", None, 403),
        ("null", None, 403),
        (None, "same-site", 403),
    ],
)
def test_csrf_token_is_for_allowed_origins(
    app: BrowserApp, origin: str | None, site: str | None, status: int
) -> None:
    """B03."""
    headers = {"Origin": origin, "Sec-Fetch-Site": site}
    sent = {name: value for name, value in headers.items() if value is not None}

    response = app.http.get(CSRF, headers=sent, secure=True)

    assert response.status_code == status
    assert response.json().get("code") == (None if status == 200 else "csrf_failed")
    assert (app.pair["csrf_token"] in response.content.decode()) is (status == 200)


@pytest.mark.parametrize(
    ("path", "origin", "allows"),
    [
        *[(path, ALLOWED, True) for path in (auth.TOKEN, auth.REFRESH, auth.REVOKE, CSRF)],
        *[(path, ALLOWED, False) for path in (auth.ME, auth.PASSWORD_RESET)],
        (auth.REFRESH, "https://evil.testserver", None),
    ],
)
def test_allowed_origins_send_the_cookie_to_the_token_endpoints_alone(
    api: APIClient, settings: Settings, path: str, origin: str, allows: bool | None
) -> None:
    """B04: other origins send nothing, and where tokens are in the body no cookie is sent."""
    headers = {"Origin": origin, "Access-Control-Request-Method": "POST"}

    preflight = api.options(path, headers=headers)
    for response in (preflight, api.post(path, {}, headers=headers)):
        assert response.get("Access-Control-Allow-Origin") == (None if allows is None else origin)
        credentials = response.get("Access-Control-Allow-Credentials")
        assert credentials == ("true" if allows else None)
    if allows:
        assert PARAMETERS[0].name.lower() in preflight["Access-Control-Allow-Headers"]
    settings.JWT_REFRESH_COOKIE = False
    response = api.post(path, {}, headers=headers)
    assert "Access-Control-Allow-Credentials" not in response
