"""Requests that few clients send, their limits, and what they cost."""

import json
from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import SignIn, User
from accounts.second_factor import services as second_factor
from accounts.second_factor.factors import MAX_LENGTH
from accounts.second_factor.models import Authenticator
from accounts.services import passwords
from tests.accounts.second_factor.conftest import App, wrong
from tests.conftest import PASSWORD
from tests.token_auth.api import CREDENTIALS, ME, NEW_PASSWORD, REFRESH, TOKEN, client, sign_in
from tests.token_auth.second_factor.conftest import REMOVE, VERIFY, hold, told, verify

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"otp": " "},
        {"otp": None},
        {"otp": ["1"]},
        {"otp": "1" * (MAX_LENGTH + 1)},
        {"otp": "\ud800"},
    ],
    ids=str,
)
def test_unusable_code_is_rejected(api: APIClient, app: App, body: dict[str, object]) -> None:
    ticket = hold()["ticket"]
    # json.dumps writes a lone surrogate as an escape, which is how a client may send it.
    text = json.dumps({"ticket": ticket, **body})
    response = api.post(VERIFY, data=text, content_type="application/json")
    assert (response.status_code, list(response.json())) == (400, ["otp"])
    assert verify(ticket, app.code()).status_code == 200


def test_account_that_changes_between_the_code_and_the_sign_in(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket, check = hold()["ticket"], second_factor.verify

    def check_and_change(*arguments: str, **options: object) -> User:
        user = check(*arguments, **options)  # type: ignore[arg-type]  # as they are passed
        passwords.change(User.objects.get(), NEW_PASSWORD)
        return user

    monkeypatch.setattr(second_factor, "verify", check_and_change)

    assert told(verify(ticket, app.code())) == (401, "invalid_ticket")
    assert not SignIn.objects.exists()


def test_refresh_token_is_sent_in_a_cookie(app: App, settings: Settings) -> None:
    settings.JWT_REFRESH_COOKIE = True
    response = verify(hold()["ticket"], app.code())
    assert set(response.json()) == {"access", "csrf_token", "token_type", "expires_in"}
    assert settings.JWT_REFRESH_COOKIE_NAME in response.cookies


def test_signing_in_costs_one_more_query_and_requests_none(api: APIClient, user: User) -> None:
    def count(call: Callable[[], object]) -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            call()
        return sum("second_factor" in query["sql"] for query in queries)

    pair = sign_in(user)
    assert count(lambda: api.post(TOKEN, CREDENTIALS)) == 1
    assert count(lambda: client(pair["access"]).get(ME)) == 0
    assert count(lambda: api.post(REFRESH, {"refresh": pair["refresh"]})) == 0
    wrong_password = CREDENTIALS | {"password": f"{PASSWORD}x"}
    assert count(lambda: api.post(TOKEN, wrong_password)) == 0


@pytest.fixture
def member(user: User, app: App) -> APIClient:
    """A client of the user with that app, who has just signed in."""
    return client(verify(hold()["ticket"], app.recovery_codes[9]).json()["access"])


def test_attempts_are_limited(member: APIClient, app: App, settings: Settings) -> None:
    tries, _ = settings.RATE_LIMITS["second_factor"]
    answers = [member.post(REMOVE, {"otp": wrong(app.code())}) for _ in range(tries)]
    assert {told(answer) for answer in answers} == {(400, "invalid_second_factor")}

    limited = verify(hold()["ticket"], app.code())

    assert (limited.status_code, "Retry-After" in limited) == (429, True)
    assert Authenticator.objects.exists()
