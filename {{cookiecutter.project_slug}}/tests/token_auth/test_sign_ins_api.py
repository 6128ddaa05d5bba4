"""The list of a user's sign-ins, and revoking them there."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from rest_framework.test import APIClient
from time_machine import TimeMachineFixture

from accounts.models import User
from tests.token_auth.api import (
    CREDENTIALS,
    SIGN_INS,
    TOKEN,
    Pair,
    accepts_access,
    claims,
    client,
    is_dead,
    refreshed,
    sign_in,
)
from token_auth import sign_in_views

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def id_of(pair: Pair) -> str:
    return str(claims(pair["access"])["sid"])


def listed(pair: Pair) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client(pair["access"]).get(SIGN_INS).json()
    return found


def test_list_has_device_ip_address_and_times(user: User) -> None:
    agent: dict[str, Any] = {"HTTP_USER_AGENT": FIREFOX, "REMOTE_ADDR": "192.0.2.7"}
    pair = client().post(TOKEN, CREDENTIALS, **agent).json()

    (found,) = listed(pair)

    assert {"created_at", "last_used_at"} <= set(found)
    assert (found["kind"], found["device"]) == ("token", "Firefox on Linux")
    assert (found["ip_address"], found["current"]) == ("192.0.2.7", True)
    assert UUID(found["id"]) == UUID(id_of(pair))


def test_list_begins_with_the_sign_in_used_last_and_marks_the_current_one(
    user: User, clock: TimeMachineFixture
) -> None:
    first = sign_in(user)
    clock.shift(10)
    second = sign_in(user)
    assert [row["current"] for row in listed(first)] == [False, True]

    clock.shift(10)
    refreshed(first)

    found = [(row["id"], row["current"]) for row in listed(second)]
    assert found == [(id_of(first), False), (id_of(second), True)]


def test_many_sign_ins_are_listed_on_several_pages(
    user: User, signed_in: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A11: each page is a list, and names the next one in a header."""
    monkeypatch.setattr(sign_in_views.SignInPagination, "page_size", 2)
    for _ in range(2):
        sign_in(user)

    first, second = (signed_in.get(SIGN_INS, {"page": number}) for number in (1, 2))

    assert [len(page.json()) for page in (first, second)] == [2, 1]
    assert first["Link"].endswith(f'{SIGN_INS}?page=2>; rel="next"')
    assert "Link" not in second
    assert first.json() == signed_in.get(SIGN_INS).json()
    assert signed_in.get(SIGN_INS, {"page": "3"}).status_code == 404


def test_sign_in_that_is_revoked_expired_or_anothers_is_not_found(
    user: User, other: User, clock: TimeMachineFixture, signed_in: APIClient
) -> None:
    revoked, expired = sign_in(user), sign_in(user)
    assert signed_in.delete(f"{SIGN_INS}{id_of(revoked)}/").status_code == 204
    assert len(signed_in.get(SIGN_INS).json()) == 2
    clock.shift(settings.SIGN_IN_LIMITS["token"]["idle"])
    caller, stranger = sign_in(user), sign_in(other)

    assert len(listed(caller)) == 1
    for sid in (*map(id_of, (revoked, expired, stranger)), str(uuid4())):
        response = client(caller["access"]).delete(f"{SIGN_INS}{sid}/")
        assert (response.status_code, response.json()["code"]) == (404, "not_found")
    assert accepts_access(caller)
    assert accepts_access(stranger)


def test_unknown_value_of_keep_keeps_nothing(pair: Pair, signed_in: APIClient) -> None:
    assert signed_in.delete(f"{SIGN_INS}?keep=all").status_code == 204

    assert is_dead(pair)
