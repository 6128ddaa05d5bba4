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


def path_of(pair: Pair) -> str:
    return f"{SIGN_INS}{claims(pair['access'])['sid']}/"


def listed(pair: Pair) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client(pair["access"]).get(SIGN_INS).json()
    return found


def test_the_list_has_device_ip_address_and_times(user: User) -> None:
    agent: dict[str, Any] = {"HTTP_USER_AGENT": FIREFOX, "REMOTE_ADDR": "192.0.2.7"}
    pair = client().post(TOKEN, CREDENTIALS, **agent).json()

    response = client(pair["access"]).get(SIGN_INS)

    (found,) = response.json()
    assert {"created_at", "last_used_at"} <= set(found)
    assert (found["kind"], found["device"]) == ("token", "Firefox on Linux")
    assert (found["ip_address"], found["current"]) == ("192.0.2.7", True)
    assert UUID(found["id"]) == UUID(claims(pair["access"])["sid"])
    assert "no-store" in response["Cache-Control"]


def test_the_sign_in_used_last_is_first_and_one_is_current(
    user: User, clock: TimeMachineFixture
) -> None:
    first = sign_in(user)
    clock.shift(10)
    second = sign_in(user)

    assert [row["current"] for row in listed(first)] == [False, True]
    clock.shift(10)
    refreshed(first)
    assert [row["current"] for row in listed(second)] == [False, True]
    assert [row["id"] for row in listed(second)] == [
        claims(pair["access"])["sid"] for pair in (first, second)
    ]


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
    for wrong in ("0", "3", "x", "9" * 30):
        assert signed_in.get(SIGN_INS, {"page": wrong}).status_code == 404


def test_what_was_revoked_has_expired_or_is_not_theirs_is_not_listed_and_not_found(
    user: User, other: User, clock: TimeMachineFixture, signed_in: APIClient
) -> None:
    revoked, expired = sign_in(user), sign_in(user)
    assert signed_in.delete(path_of(revoked)).status_code == 204
    assert len(signed_in.get(SIGN_INS).json()) == 2
    clock.shift(settings.SIGN_IN_LIMITS["token"]["idle"])
    caller, stranger = sign_in(user), sign_in(other)

    assert len(listed(caller)) == 1
    for path in (*map(path_of, (revoked, expired, stranger)), f"{SIGN_INS}{uuid4()}/"):
        response = client(caller["access"]).delete(path)
        assert (response.status_code, response.json()["code"]) == (404, "not_found")
    assert accepts_access(caller)
    assert accepts_access(stranger)


@pytest.mark.parametrize("query", ["?keep=", "?keep=all"])
def test_another_value_of_keep_keeps_nothing(pair: Pair, signed_in: APIClient, query: str) -> None:
    assert signed_in.delete(f"{SIGN_INS}{query}").status_code == 204

    assert is_dead(pair)
