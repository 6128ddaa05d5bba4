"""Users set up, replace and remove their second factor in the API."""

from typing import Any

import pytest
from pyotp import TOTP
from pytest_django import Settings
from rest_framework.test import APIClient
from time_machine import TimeMachineFixture

from accounts.models import User
from accounts.second_factor.models import Authenticator, RecoveryCode
from tests.accounts.second_factor.conftest import App, wrong
from tests.token_auth.api import accepts_access, client, sign_in
from tests.token_auth.second_factor.conftest import (
    CODES,
    MANAGE,
    REMOVE,
    assert_requires_recent_authentication,
    hold,
    told,
    verify,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def member(user: User, app: App) -> APIClient:
    """A client of the user with that app, who has just signed in."""
    return client(verify(hold()["ticket"], app.recovery_codes[9]).json()["access"])


def test_user_sets_up_an_app(user: User, signed_in: APIClient) -> None:
    other = sign_in(user)
    without = {"enabled": False, "required": False, "recovery_codes_left": 0, "methods": []}
    assert signed_in.get(MANAGE).json() == without

    begun = signed_in.post(MANAGE)
    enrollment = begun.json()
    assert begun["Cache-Control"] == "no-store"
    app = TOTP(enrollment["secret"])
    state = {"state": enrollment["state"]}
    refused = signed_in.put(MANAGE, state | {"otp": wrong(app.now())})
    assert told(refused) == (400, "invalid_second_factor")
    finished = signed_in.put(MANAGE, state | {"otp": app.now()})

    assert (finished.status_code, finished["Cache-Control"]) == (200, "no-store")
    assert signed_in.get(MANAGE).json() == {
        "enabled": True,
        "required": False,
        "recovery_codes_left": 10,
        "methods": ["code", "recovery_code"],
    }
    assert not accepts_access(other)
    assert verify(hold()["ticket"], finished.json()["recovery_codes"][0]).status_code == 200
    again = signed_in.put(MANAGE, state | {"otp": app.now()})
    assert told(again) == (400, "invalid_enrollment")


def test_user_replaces_the_app_with_a_code_of_the_present_one(member: APIClient, app: App) -> None:
    assert told(member.post(MANAGE)) == (409, "second_factor_exists")
    refused = member.post(MANAGE, {"otp": wrong(app.code())})
    assert told(refused) == (400, "invalid_second_factor")
    enrollment = member.post(MANAGE, {"otp": app.code()}).json()
    assert Authenticator.objects.get().user == app.user

    new = TOTP(enrollment["secret"]).now()
    assert member.put(MANAGE, {"state": enrollment["state"], "otp": new}).status_code == 200

    assert told(verify(hold()["ticket"], app.code(1))) == (401, "invalid_second_factor")


def test_user_replaces_the_recovery_codes(member: APIClient, app: App) -> None:
    refused = member.post(CODES, {"otp": wrong(app.code())})
    assert told(refused) == (400, "invalid_second_factor")

    response = member.post(CODES, {"otp": app.code()})

    assert (response.status_code, response["Cache-Control"]) == (200, "no-store")
    code = response.json()["recovery_codes"][0]
    assert told(verify(hold()["ticket"], app.recovery_codes[0])) == (401, "invalid_second_factor")
    assert verify(hold()["ticket"], code).status_code == 200


def test_user_removes_the_second_factor(member: APIClient, app: App, settings: Settings) -> None:
    refused = member.post(REMOVE, {"otp": wrong(app.code())})
    assert told(refused) == (400, "invalid_second_factor")
    settings.SECOND_FACTOR_REQUIRED = "all"
    code = {"otp": app.code()}
    assert told(member.post(REMOVE, code)) == (409, "second_factor_must_stay")
    assert member.get(MANAGE).json()["required"]
    settings.SECOND_FACTOR_REQUIRED = "nobody"

    response = member.post(REMOVE, code)

    assert (response.status_code, response.content) == (204, b"")
    assert not Authenticator.objects.exists()
    assert not RecoveryCode.objects.exists()
    assert told(member.post(REMOVE, code)) == (409, "no_second_factor")
    assert sign_in(app.user)


CHANGES: list[tuple[str, str, dict[str, Any]]] = [
    ("post", MANAGE, {}),
    ("put", MANAGE, {"state": "x", "otp": "1"}),
    ("post", CODES, {"otp": "1"}),
    ("post", REMOVE, {"otp": "1"}),
]


@pytest.mark.parametrize(("method", "path", "body"), CHANGES, ids=lambda value: str(value)[:40])
def test_changes_require_a_recent_authentication(
    user: User, clock: TimeMachineFixture, method: str, path: str, body: dict[str, Any]
) -> None:
    """M08."""
    assert_requires_recent_authentication(user, clock, method, path, body)
