"""Tokens for the scripts of our own pages, from a session."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings as project_settings
from django.test import Client
from django.utils import timezone
from pytest_django import Settings
from rest_framework_simplejwt.exceptions import InvalidToken

from accounts.models import SignIn, User
from accounts.services import sign_ins
from session_auth.models import BrowserSession
from tests.both import conftest as both
from tests.both.conftest import bearer, exchange, post_exchange, shows_home, signed_in_browser
from tests.conftest import HERE
from tests.token_auth import api as auth
from tests.token_auth.api import Pair, accepts_access, claims, client, is_dead, refresh, sign_in
from token_auth.with_sessions import services
from token_auth.with_sessions.models import Exchange


def test_session_is_exchanged_for_tokens_of_its_user(
    user: User, browser: Client, mailoutbox: list[object]
) -> None:
    response = post_exchange(browser)

    pair = response.json()
    assert response["Cache-Control"] == "no-store"
    assert set(pair) == {"access", "refresh", "token_type", "expires_in"}
    assert client(pair["access"]).get(auth.ME).json()["email"] == user.email
    listed = client(pair["access"]).get(auth.SIGN_INS).json()
    found = sorted((row["kind"], row["current"]) for row in listed)
    assert found == [("session", False), ("token", True)]
    assert refresh(pair)
    assert shows_home(browser)
    session = SignIn.objects.earliest("created_at")
    assert str(Exchange.objects.get()) == f"tokens of session {session.pk}"
    # The device is known.
    assert mailoutbox == []


def test_exchange_requires_the_csrf_token(browser: Client) -> None:
    browser.handler.enforce_csrf_checks = True
    valid = browser.cookies[project_settings.CSRF_COOKIE_NAME].value

    for headers in (
        {},
        {"X-CSRFToken": "nonsense"},
        {"X-CSRFToken": valid, "Origin": "https://testserver.evil"},
    ):
        response = post_exchange(browser, **headers)
        assert (response.status_code, response.json()["code"]) == (403, "permission_denied")
    assert not Exchange.objects.exists()
    assert post_exchange(browser, **{"X-CSRFToken": valid}).status_code == 200


def test_exchange_requires_a_session_and_nothing_else(
    other: User, browser: Client, pair: Pair
) -> None:
    for caller in (client(), client(pair["access"])):
        response = caller.post(both.EXCHANGE)
        assert response.status_code == 401
        assert response["WWW-Authenticate"] == 'Bearer realm="api"'
    assert post_exchange(browser, **bearer(pair)).status_code == 401
    response = post_exchange(browser, **bearer(sign_in(other)))
    assert (response.status_code, response.json()["code"]) == (401, "credential_conflict")
    assert exchange(browser)


@pytest.mark.parametrize(
    "end",
    [
        lambda browser, _: browser.post("/accounts/logout/"),
        lambda browser, _: browser.session.flush(),
        lambda _, pair: client().post(auth.REVOKE, {"refresh": pair["refresh"]}),
        lambda _, pair: auth.present_an_old_token(pair),
    ],
    ids=["sign out", "flush", "revoke", "replay"],
)
def test_session_and_its_tokens_end_together(
    user: User, browser: Client, end: Callable[[Client, Pair], Any]
) -> None:
    """A04: also if code deletes the session without `logout()`."""
    first, second = exchange(browser), exchange(browser)
    elsewhere, tokens = signed_in_browser(user), sign_in(user)

    end(browser, first)

    assert not shows_home(browser)
    assert is_dead(first)
    assert is_dead(second)
    assert shows_home(elsewhere)
    assert accepts_access(tokens)


@pytest.mark.parametrize("by_row", [False, True])
@pytest.mark.parametrize(
    ("model", "of_session"),
    [(SignIn, True), (SignIn, False), (BrowserSession, True), (Exchange, False)],
)
def test_session_and_its_tokens_end_with_any_row_between_them(
    user: User, browser: Client, model: Any, of_session: bool, by_row: bool
) -> None:
    """A04: tokens whose exchange was deleted outlived their session."""
    pair, elsewhere = exchange(browser), signed_in_browser(user)
    kept = exchange(elsewhere)
    pk = browser.session["sign_in"] if of_session else claims(pair["access"])["sid"]

    (model.objects.get(pk=pk) if by_row else model.objects.filter(pk=pk)).delete()

    assert not model.objects.filter(pk=pk).exists()
    assert not shows_home(browser)
    assert is_dead(pair)
    assert shows_home(elsewhere)
    assert accepts_access(kept)


@pytest.mark.parametrize("by_page", [True, False])
def test_either_can_revoke_all_but_itself(user: User, browser: Client, by_page: bool) -> None:
    pair, second = exchange(browser), sign_in(user)

    if by_page:
        browser.post("/accounts/sign-ins/revoke-all/", {"others": "1"})
    else:
        client(pair["access"]).delete(f"{auth.SIGN_INS}?keep=current")

    assert is_dead(second)
    assert shows_home(browser) is by_page
    assert accepts_access(pair) is not by_page


def test_tokens_expire_with_the_session_at_the_latest(
    browser: Client, time_machine: time_machine.TimeMachineFixture
) -> None:
    start = timezone.now().replace(microsecond=0)
    time_machine.move_to(start, tick=False)
    ends_at = start + timedelta(seconds=60)
    SignIn.objects.update(idle_ends_at=ends_at, ends_at=ends_at)

    pair = exchange(browser)

    assert pair["expires_in"] == 60
    assert claims(pair["refresh"])["exp"] == int(ends_at.timestamp())
    time_machine.move_to(ends_at, tick=False)
    assert is_dead(pair)


@pytest.mark.parametrize("step", [(services, "exchange"), (sign_ins, "start")])
def test_session_revoked_during_the_exchange_is_refused(
    browser: Client, monkeypatch: pytest.MonkeyPatch, step: tuple[Any, str]
) -> None:
    genuine = getattr(*step)

    def late(*arguments: Any, **options: Any) -> Any:
        sign_ins.revoke(SignIn.objects.all())
        return genuine(*arguments, **options)

    monkeypatch.setattr(*step, late)

    assert post_exchange(browser).status_code == 401
    assert not Exchange.objects.exists()


def test_session_with_another_key_is_not_exchanged(user: User, browser: Client) -> None:
    """A02: a request that was checked before the key changed."""
    session, key = SignIn.objects.get(), str(browser.session.session_key)
    user.refresh_from_db()

    with pytest.raises(InvalidToken):
        services.exchange(user, session.pk, "the key before", client=HERE)

    assert services.exchange(user, session.pk, key, client=HERE)


def test_refresh_token_is_a_cookie_where_the_api_uses_one(
    browser: Client, settings: Settings
) -> None:
    settings.JWT_REFRESH_COOKIE = True

    response = post_exchange(browser)

    assert set(response.json()) == {"access", "csrf_token", "token_type", "expires_in"}
    assert response.cookies["__Secure-refresh_token"]["httponly"]


def test_exchanges_of_one_session_are_limited(
    user: User, browser: Client, settings: Settings
) -> None:
    """A11: 130 in a row were accepted."""
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"exchanges": (1, 60)}
    pair = exchange(browser)

    response = post_exchange(browser)

    assert response.status_code == 429
    assert 0 < int(response["Retry-After"]) <= 60
    assert accepts_access(pair)
    assert exchange(signed_in_browser(user))


def test_one_exchange_too_many_revokes_the_oldest_tokens_alone(
    user: User, browser: Client, settings: Settings
) -> None:
    """A11: a page that exchanges its session each time it is loaded."""
    settings.MAX_EXCHANGES_PER_SESSION = 2
    elsewhere = sign_in(user)
    first, second, third = (exchange(browser) for _ in range(3))

    assert is_dead(first)
    assert all(accepts_access(pair) and refresh(pair) for pair in (second, third, elsewhere))
    assert shows_home(browser)


def test_exchange_does_not_revoke_the_session_that_it_continues(
    user: User, browser: Client, settings: Settings
) -> None:
    settings.MAX_SIGN_INS_PER_USER = 2
    sign_in(user)

    pair = exchange(browser)

    assert shows_home(browser)
    assert accepts_access(pair)
    assert sign_ins.live(user).count() == 2
