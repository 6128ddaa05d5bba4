"""Tokens for the scripts of our own pages, from a session."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings as project_settings
from django.test import Client
from django.test.client import MULTIPART_CONTENT as MULTIPART
from django.utils import timezone
from pytest_django import Settings

from accounts.models import SignIn, User
from tests.both.conftest import shows_home, signed_in_browser
from tests.token_auth.api import (
    ME,
    REVOKE,
    Pair,
    accepts_access,
    claims,
    client,
    is_dead,
    present_an_old_token,
    refresh,
    sign_in,
)
from token_auth.with_sessions import services
from token_auth.with_sessions.models import Exchange

EXCHANGE = "/api/auth/token/exchange/"
JSON = "application/json"


def exchange(browser: Client) -> Pair:
    response = post(browser)
    assert response.status_code == 200
    found: Pair = response.json()
    return found


def post(browser: Client, **headers: str) -> Any:
    return browser.post(EXCHANGE, content_type="application/json", headers=headers)


def test_a_session_buys_tokens_of_its_user(user: User, browser: Client) -> None:
    pair = exchange(browser)

    assert set(pair) == {"access", "refresh", "token_type", "expires_in"}
    assert client(pair["access"]).get(ME).json()["email"] == user.email
    assert refresh(pair)
    assert shows_home(browser)


def test_the_answer_is_kept_by_nobody(browser: Client) -> None:
    assert post(browser)["Cache-Control"] == "no-store"


def test_no_mail_tells_of_a_device_that_is_known(
    browser: Client, mailoutbox: list[object]
) -> None:
    exchange(browser)

    assert mailoutbox == []


def strict(user: User) -> tuple[Client, str]:
    """Return a browser whose CSRF checks are on, and the token that it would send."""
    browser = Client(enforce_csrf_checks=True)
    browser.get("/accounts/login/")
    form = {"username": user.email, "password": "a long walk by the sea"}
    token = browser.cookies[project_settings.CSRF_COOKIE_NAME].value
    browser.post("/accounts/login/", form, headers={"X-CSRFToken": token})
    return browser, browser.cookies[project_settings.CSRF_COOKIE_NAME].value


@pytest.mark.parametrize("token", [None, "", "x" * 32, "nonsense"])
def test_without_the_csrf_token_nothing_is_given(user: User, token: str | None) -> None:
    browser, good = strict(user)

    sent = {} if token is None else {"X-CSRFToken": token}

    for content_type in (JSON, "text/plain", "application/x-www-form-urlencoded", MULTIPART):
        response: Any = browser.post(EXCHANGE, {}, content_type=content_type, headers=sent)
        assert (response.status_code, response.json()["code"]) == (403, "permission_denied")
    assert not Exchange.objects.exists()
    assert post(browser, **{"X-CSRFToken": good}).status_code == 200


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded"])
def test_only_json_is_read(browser: Client, content_type: str) -> None:
    assert browser.get(EXCHANGE).status_code == 405
    assert browser.post(EXCHANGE, "a=b", content_type=content_type).status_code == 415
    assert browser.post(EXCHANGE, "[", content_type=JSON).status_code == 400
    assert browser.post(EXCHANGE, "[]", content_type=JSON).status_code == 400


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "https://testserver.evil"])
def test_another_site_gets_nothing(user: User, origin: str) -> None:
    browser, good = strict(user)

    assert post(browser, **{"X-CSRFToken": good, "Origin": origin}).status_code == 403


def test_a_session_is_what_it_takes(user: User, pair: Pair) -> None:
    for caller in (client(), client(pair["access"])):
        response = caller.post(EXCHANGE)
        assert response.status_code == 401
        assert response["WWW-Authenticate"] == 'Bearer realm="api"'


def test_beside_an_access_token_the_session_does_not_count(
    user: User, other: User, browser: Client
) -> None:
    own = {"Authorization": f"Bearer {sign_in(user)['access']}"}
    foreign = {"Authorization": f"Bearer {sign_in(other)['access']}"}

    assert post(browser, **own).status_code == 401
    response = post(browser, **foreign)
    assert (response.status_code, response.json()["code"]) == (401, "credential_conflict")
    assert exchange(browser)


def test_signing_out_on_the_page_ends_the_tokens(user: User, browser: Client) -> None:
    pair, second = exchange(browser), sign_in(user)

    browser.post("/accounts/logout/")

    assert is_dead(pair)
    assert accepts_access(second)


def test_revoking_the_tokens_ends_the_session(user: User, browser: Client) -> None:
    pair, elsewhere = exchange(browser), signed_in_browser(user)

    assert client().post(REVOKE, {"refresh": pair["refresh"]}).status_code == 204

    assert is_dead(pair)
    assert not shows_home(browser)
    assert shows_home(elsewhere)


def test_two_exchanges_of_one_session_end_together(browser: Client) -> None:
    first, second = exchange(browser), exchange(browser)

    client().post(REVOKE, {"refresh": first["refresh"]})

    assert is_dead(second)
    assert not shows_home(browser)


def test_a_replayed_refresh_token_ends_the_session(browser: Client) -> None:
    newest = present_an_old_token(exchange(browser))

    assert is_dead(newest)
    assert not shows_home(browser)


@pytest.mark.parametrize("by_page", [True, False])
def test_either_can_end_all_but_itself(user: User, browser: Client, by_page: bool) -> None:
    pair, second = exchange(browser), sign_in(user)

    if by_page:
        browser.post("/accounts/sign-ins/revoke-all/", {"others": "1"})
    else:
        client(pair["access"]).delete("/api/auth/sign-ins/?keep=current")

    assert is_dead(second)
    assert shows_home(browser) is by_page
    assert accepts_access(pair) is not by_page


def test_tokens_end_with_the_session_at_the_latest(
    user: User, time_machine: time_machine.TimeMachineFixture
) -> None:
    start = timezone.now().replace(microsecond=0)
    time_machine.move_to(start, tick=False)
    browser = signed_in_browser(user)
    ends_at = start + timedelta(seconds=60)
    SignIn.objects.update(idle_ends_at=ends_at, ends_at=ends_at)

    pair = exchange(browser)

    assert pair["expires_in"] == 60
    assert claims(pair["refresh"])["exp"] == int(ends_at.timestamp())
    time_machine.move_to(ends_at, tick=False)
    assert is_dead(pair)


def test_a_session_that_ends_meanwhile_buys_nothing(
    user: User, browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    genuine = services.exchange

    def late(*arguments: Any, **options: Any) -> Any:
        SignIn.objects.update(revoked_at=timezone.now())
        return genuine(*arguments, **options)

    monkeypatch.setattr(services, "exchange", late)

    assert post(browser).status_code == 401
    assert not Exchange.objects.exists()


def test_with_the_refresh_cookie_it_is_a_cookie(browser: Client, settings: Settings) -> None:
    settings.JWT_REFRESH_COOKIE = True

    response = post(browser)

    assert set(response.json()) == {"access", "csrf_token", "token_type", "expires_in"}
    assert response.cookies["__Secure-refresh_token"]["httponly"]


def test_both_are_in_one_list(user: User, browser: Client) -> None:
    pair = exchange(browser)

    listed = client(pair["access"]).get("/api/auth/sign-ins/").json()

    assert sorted((row["kind"], row["current"]) for row in listed) == [
        ("session", False),
        ("token", True),
    ]
    page = browser.get("/accounts/sign-ins/").content.decode()
    assert all(row["id"] in page for row in listed)


def test_an_exchange_says_whose_it_is(browser: Client) -> None:
    exchange(browser)

    assert (
        str(Exchange.objects.get())
        == f"tokens of session {SignIn.objects.earliest('created_at').pk}"
    )


def test_the_document_says_that_a_session_opens_it(staff: User) -> None:
    document = client(sign_in(staff)["access"]).get("/api/schema/").json()

    call = document["paths"][EXCHANGE]["post"]
    assert call["security"] == [{"session": []}]
    assert "requestBody" not in call
    scheme = document["components"]["securitySchemes"]["session"]
    assert (scheme["in"], scheme["name"]) == ("cookie", project_settings.SESSION_COOKIE_NAME)
