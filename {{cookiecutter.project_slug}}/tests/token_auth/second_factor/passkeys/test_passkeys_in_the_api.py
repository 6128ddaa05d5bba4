"""Users sign in with passkeys and manage them in the API."""

from typing import Any

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import SignIn, User
from accounts.second_factor.passkeys.models import Passkey
from tests.accounts.second_factor.passkeys.conftest import device_of
from tests.accounts.second_factor.passkeys.device import Device
from tests.token_auth.api import accepts_access, claims, client, sign_in
from tests.token_auth.second_factor.conftest import MANAGE, hold, told, verify
from tests.token_auth.second_factor.passkeys.conftest import (
    OPTIONS,
    PASSKEY,
    PASSKEY_OPTIONS,
    PASSKEYS,
    TICKET_OPTIONS,
    TICKET_PASSKEY,
    send,
    sign_in_with,
)

pytestmark = pytest.mark.django_db
INVALID = (401, "invalid_passkey")


def methods_of(response: Any) -> list[str]:
    found: list[str] = claims(response.json()["access"])["amr"]
    return found


def test_user_signs_in_with_a_passkey_alone(user: User, device: Device) -> None:
    options = client().post(PASSKEY_OPTIONS)
    assert options["Cache-Control"] == "no-store"
    passkey = device.get(options.json())

    response = client().post(PASSKEY, {"passkey": passkey})

    assert (response.status_code, response["Cache-Control"]) == (200, "no-store")
    assert accepts_access(response.json())
    assert methods_of(response) == ["hwk", "user"]
    assert SignIn.objects.get().user == user
    assert told(client().post(PASSKEY, {"passkey": passkey})) == INVALID


def test_user_finishes_a_held_sign_in_with_a_passkey(user: User, device: Device) -> None:
    held = hold()
    assert held["methods"] == ["passkey", "recovery_code"]
    options = client().post(TICKET_OPTIONS, {"ticket": held["ticket"]}).json()
    assert [found["id"] for found in options["allowCredentials"]] == [
        Passkey.objects.get().credential_id
    ]

    response = verify(held["ticket"], device.get(options))

    assert methods_of(response) == ["pwd", "hwk", "user"]
    for ticket in ("nonsense", held["ticket"]):
        late = client().post(TICKET_OPTIONS, {"ticket": ticket})
        assert told(late) == (401, "invalid_ticket")


def test_user_who_needs_a_second_factor_signs_in_by_adding_a_passkey(
    user: User, settings: Settings
) -> None:
    settings.SECOND_FACTOR_REQUIRED = "all"
    ticket, device = {"ticket": hold()["ticket"]}, Device(settings.PUBLIC_BASE_URL)
    assert told(client().post(TICKET_OPTIONS, ticket)) == (401, "invalid_ticket")
    begun = client().post(TICKET_PASSKEY, ticket)
    assert begun["Cache-Control"] == "no-store"
    passkey = {"passkey": device.create(begun.json()), "name": "My phone"}
    refused = client().put(TICKET_PASSKEY, ticket | {"passkey": "{}", "name": "x"})
    assert told(refused) == INVALID

    response = client().put(TICKET_PASSKEY, ticket | passkey)

    assert response.status_code == 200
    assert methods_of(response) == ["pwd", "hwk", "user"]
    codes = response.json()["recovery_codes"]
    assert len(codes) == 10
    assert told(client().put(TICKET_PASSKEY, ticket | passkey)) == (401, "invalid_ticket")
    assert verify(hold()["ticket"], codes[0]).status_code == 200
    assert accepts_access({"access": response.json()["access"]})
    assert sign_in_with(device).get(MANAGE).status_code == 200


def test_user_adds_and_lists_passkeys(
    user: User, other: User, signed_in: APIClient, settings: Settings
) -> None:
    device_of(other)
    elsewhere = sign_in(user)
    assert signed_in.get(PASSKEYS).json() == []
    device = Device(settings.PUBLIC_BASE_URL)
    begun = signed_in.post(PASSKEYS)
    assert begun.json()["user"]["name"] == user.email

    refused = signed_in.put(PASSKEYS, {"passkey": "{}", "name": "My phone"})
    assert told(refused) == (400, "invalid_passkey")
    body = {"passkey": device.create(begun.json()), "name": "My phone"}
    finished = signed_in.put(PASSKEYS, body)

    assert (finished.status_code, len(finished.json()["recovery_codes"])) == (200, 10)
    assert not accepts_access(elsewhere)
    [listed] = signed_in.get(PASSKEYS).json()
    assert set(listed) == {"id", "name", "created_at", "last_used_at"}
    assert (listed["name"], listed["last_used_at"]) == ("My phone", None)
    assert signed_in.get(MANAGE).json()["methods"] == ["passkey", "recovery_code"]
    assert told(signed_in.post(PASSKEYS)) == (409, "second_factor_exists")


def test_user_removes_a_passkey(
    user: User, device: Device, member: APIClient, settings: Settings
) -> None:
    path = f"{PASSKEYS}{Passkey.objects.get().pk}/remove/"
    assert told(member.post(path, {"otp": "1"})) == (400, "invalid_second_factor")
    settings.SECOND_FACTOR_REQUIRED = "all"
    code = {"otp": device.recovery_codes[0]}
    assert told(member.post(path, code)) == (409, "second_factor_must_stay")
    settings.SECOND_FACTOR_REQUIRED = "nobody"

    response = member.post(path, {"otp": device.get(member.post(OPTIONS).json())})

    assert (response.status_code, response.content) == (204, b"")
    assert not Passkey.objects.exists()
    assert told(member.post(path, code)) == (409, "no_passkey")
    assert told(send(device)) == INVALID
    assert sign_in(user)
