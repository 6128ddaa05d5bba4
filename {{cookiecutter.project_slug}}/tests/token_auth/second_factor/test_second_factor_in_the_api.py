"""The second factor in the API: in sign-ins, and its management."""

from typing import Any

import pytest
from django.conf import settings as project_settings
from pyotp import TOTP
from pytest_django import Settings
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIClient, APIRequestFactory
from rest_framework.views import APIView
from time_machine import TimeMachineFixture

from accounts.models import SignIn, User
from accounts.second_factor import services as second_factor
from accounts.second_factor.gate import TICKET_AGE
from accounts.second_factor.models import Authenticator, RecoveryCode
from tests.accounts.second_factor.conftest import App, wrong
from tests.conftest import HERE
from tests.token_auth.api import (
    CREDENTIALS,
    ME,
    TOKEN,
    accepts_access,
    claims,
    client,
    refreshed,
    sign_in,
)
from tests.token_auth.second_factor.conftest import (
    CODES,
    MANAGE,
    REMOVE,
    SET_UP,
    assert_requires_recent_authentication,
    hold,
    told,
    verify,
)
from token_auth import services

pytestmark = pytest.mark.django_db


@pytest.fixture
def required(user: User, settings: Settings) -> None:
    """A policy that asks everyone for a second factor."""
    settings.SECOND_FACTOR_REQUIRED = "all"


def test_sign_in_is_held_until_a_code_of_the_app_is_entered(
    api: APIClient, user: User, app: App
) -> None:
    response = api.post(TOKEN, CREDENTIALS)

    body = response.json()
    assert (response.status_code, response["Cache-Control"]) == (403, "no-store")
    assert body.pop("detail")
    ticket = body.pop("ticket")
    assert body == {
        "code": "second_factor_required",
        "expires_in": TICKET_AGE,
        "methods": ["code", "recovery_code"],
    }
    assert not SignIn.objects.exists()

    finished = verify(ticket, app.code(), api)

    pair = finished.json()
    assert (finished.status_code, finished["Cache-Control"]) == (200, "no-store")
    assert set(pair) == {"access", "refresh", "token_type", "expires_in"}
    assert claims(pair["access"])["amr"] == ["pwd", "otp"]
    assert client(pair["access"]).get(ME).json()["email"] == user.email
    assert claims(refreshed(pair)["access"])["amr"] == ["pwd", "otp"]


def test_wrong_code_and_wrong_ticket_are_different_errors(api: APIClient, app: App) -> None:
    ticket = hold()["ticket"]
    assert told(api.post(SET_UP, {"ticket": ticket})) == (401, "invalid_ticket")
    refused = verify(ticket, wrong(app.code()))
    assert told(refused) == (401, "invalid_second_factor")
    assert refused["WWW-Authenticate"].startswith("Bearer")
    assert told(verify(f"{ticket}x", app.code())) == (401, "invalid_ticket")
    assert verify(ticket, app.recovery_codes[3]).status_code == 200
    assert told(verify(ticket, app.recovery_codes[4])) == (401, "invalid_ticket")


def test_user_who_must_sets_up_an_app_to_sign_in(api: APIClient, required: None) -> None:
    held = hold()
    assert (held["code"], held["methods"]) == ("second_factor_enrollment_required", [])
    ticket = {"ticket": held["ticket"]}

    begun = api.post(SET_UP, ticket)
    enrollment = begun.json()
    assert (begun.status_code, begun["Cache-Control"]) == (200, "no-store")
    assert enrollment["secret"] in enrollment["uri"]
    app = TOTP(enrollment["secret"])
    state = ticket | {"state": enrollment["state"]}
    refused = api.put(SET_UP, state | {"otp": wrong(app.now())})
    assert told(refused) == (401, "invalid_second_factor")
    nonsense = api.put(SET_UP, state | {"state": "x", "otp": app.now()})
    assert told(nonsense) == (400, "invalid_enrollment")
    assert not SignIn.objects.exists()

    finished = api.put(SET_UP, state | {"otp": app.now()})

    assert (finished.status_code, finished["Cache-Control"]) == (200, "no-store")
    assert claims(finished.json()["access"])["amr"] == ["pwd", "otp"]
    assert accepts_access(finished.json())
    assert len(set(finished.json()["recovery_codes"])) == 10
    assert told(api.post(SET_UP, ticket)) == (401, "invalid_ticket")
    code = finished.json()["recovery_codes"][0]
    assert verify(hold()["ticket"], code).status_code == 200


def test_failed_sign_in_leaves_no_app_behind(
    api: APIClient, required: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = {"ticket": hold()["ticket"]}
    enrollment = api.post(SET_UP, ticket).json()
    code = TOTP(enrollment["secret"]).now()
    finish = second_factor.finish_enrollment

    def finish_and_change(user: User, **given: str) -> list[str]:
        codes = finish(user, **given)
        User.objects.update(is_staff=True)
        return codes

    monkeypatch.setattr(second_factor, "finish_enrollment", finish_and_change)

    refused = api.put(SET_UP, ticket | {"state": enrollment["state"], "otp": code})

    assert told(refused) == (401, "invalid_ticket")
    assert not Authenticator.objects.exists()


class AnyView(APIView):
    """A view of another app that starts sign-ins in its own way."""

    permission_classes = (AllowAny,)

    def post(self, request: Request) -> Response:  # noqa: ARG002 - DRF's signature
        """Start a sign-in."""
        return Response(services.obtain(User.objects.get(), HERE).access)


def test_any_view_returns_the_ticket_if_its_user_has_authenticated_recently(
    user: User, clock: TimeMachineFixture
) -> None:
    """M08: with the ticket of an old sign-in, an attacker could set up an app."""

    def post(**headers: str) -> Any:
        return AnyView.as_view()(APIRequestFactory().post("/", **headers))

    pair = sign_in(user)
    # Setting up an app ends the other sign-ins.
    user.current_sign_in_id = SignIn.objects.get().pk
    app = App(user)
    clock.shift(project_settings.REAUTHENTICATION_MAX_AGE - 1)
    recent = refreshed(pair)
    clock.shift(1)
    late = refreshed(recent)

    refused = post(HTTP_AUTHORIZATION=f"Bearer {late['access']}")
    clock.shift(-1)
    held = post(HTTP_AUTHORIZATION=f"Bearer {recent['access']}")

    assert (refused.status_code, refused.data["code"]) == (401, "reauthentication_required")
    assert held.status_code == post().status_code == 403
    assert verify(held.data["ticket"], app.code()).status_code == 200


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
