"""Requests with passkeys that no honest client sends."""

from typing import Any

import pytest
from django.conf import settings as project_settings
from pytest_django import Settings
from rest_framework.test import APIClient
from time_machine import TimeMachineFixture

from accounts.models import User
from accounts.second_factor.passkeys import services
from accounts.second_factor.passkeys.models import Passkey
from accounts.services import staff
from accounts.services.sign_ins import SignInRefusedError
from tests.accounts.second_factor.passkeys.device import Device
from tests.token_auth.api import client, refreshed, sign_in
from tests.token_auth.second_factor.conftest import (
    assert_requires_recent_authentication,
    hold,
    told,
)
from tests.token_auth.second_factor.passkeys.conftest import (
    OPTIONS,
    PASSKEY,
    PASSKEY_OPTIONS,
    PASSKEYS,
    TICKET_PASSKEY,
    sign_in_with,
)
from token_auth.second_factor.passkeys import views

pytestmark = pytest.mark.django_db


INVALID = (401, "invalid_passkey")


def test_passkey_is_not_stored_if_the_sign_in_is_refused(
    user: User, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SECOND_FACTOR_REQUIRED = "all"
    ticket, device = {"ticket": hold()["ticket"]}, Device(settings.PUBLIC_BASE_URL)
    begun = client().post(TICKET_PASSKEY, ticket).json()

    def finish_and_change(user: User, **given: str) -> list[str]:
        codes = finish(user, **given)
        User.objects.update(is_staff=True)
        return codes

    finish = services.finish_registration
    monkeypatch.setattr(services, "finish_registration", finish_and_change)
    body = ticket | {"passkey": device.create(begun), "name": "My phone"}
    assert told(client().put(TICKET_PASSKEY, body)) == (401, "invalid_ticket")
    assert not Passkey.objects.exists()


def test_passkey_is_refused_in_one_way(
    user: User, device: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    for passkey in ("nonsense", Device("https://testserver").get(options())):
        assert told(client().post(PASSKEY, {"passkey": passkey})) == INVALID

    def change(user: User, _: object) -> None:
        # As if the account had changed after the passkey was checked.
        staff.deactivate(user)
        raise SignInRefusedError

    with monkeypatch.context() as changed:
        changed.setattr(views, "obtain", change)
        assert told(client().post(PASSKEY, {"passkey": device.get(options())})) == INVALID
    assert told(client().post(PASSKEY, {"passkey": device.get(options())})) == INVALID


def options() -> dict[str, Any]:
    found: dict[str, Any] = client().post(PASSKEY_OPTIONS).json()
    return found


@pytest.mark.parametrize(
    "body",
    [{}, {"passkey": None}, {"passkey": {}}, {"passkey": ""}, {"passkey": "x" * 9000}],
    ids=str,
)
def test_unusable_passkey_is_rejected(user: User, device: Device, body: dict[str, Any]) -> None:
    """M12."""
    response = client().post(PASSKEY, body)
    assert (response.status_code, list(response.json())) == (400, ["passkey"])
    assert sign_in_with(device).get(PASSKEYS).status_code == 200


def test_passkeys_can_be_listed_and_used_without_a_recent_authentication(
    user: User, clock: TimeMachineFixture
) -> None:
    """M08."""
    pair = sign_in(user)
    clock.shift(project_settings.REAUTHENTICATION_MAX_AGE + 1)
    late = client(refreshed(pair)["access"])

    assert late.get(PASSKEYS).status_code == 200
    assert late.post(OPTIONS).status_code == 200


def test_user_adds_another_passkey_with_a_code(member: APIClient, device: Device) -> None:
    begun = member.post(PASSKEYS, {"otp": device.get(member.post(OPTIONS).json())})
    body = {"passkey": Device(device.origin).create(begun.json()), "name": "My key"}
    assert member.put(PASSKEYS, body).json() == {"recovery_codes": []}
    first, second = member.get(PASSKEYS).json()
    assert (first["name"], second["name"]) == ("My phone", "My key")
    assert first["last_used_at"]


CHANGES: list[tuple[str, str, dict[str, Any]]] = [
    ("post", PASSKEYS, {}),
    ("put", PASSKEYS, {"passkey": "x", "name": "x"}),
    ("post", f"{PASSKEYS}1/remove/", {"otp": "1"}),
]


@pytest.mark.parametrize(("method", "path", "body"), CHANGES, ids=lambda value: str(value)[:40])
def test_changes_require_a_recent_authentication(
    user: User, clock: TimeMachineFixture, method: str, path: str, body: dict[str, Any]
) -> None:
    """M08."""
    assert_requires_recent_authentication(user, clock, method, path, body)
