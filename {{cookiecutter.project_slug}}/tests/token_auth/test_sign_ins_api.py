"""Where the user is signed in, and ending that."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from django.conf import settings
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import User
from tests.conftest import PASSWORD
from tests.token_auth.api import ME, TOKEN, Pair, accepts_access, claims, client, is_dead, refresh
from tests.token_auth.api import sign_in as begin
from token_auth import sign_in_views

SIGN_INS = "/api/auth/sign-ins/"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
FIELDS = {"id", "kind", "device", "ip_address", "created_at", "last_used_at", "current"}


def path_of(pair: Pair) -> str:
    return f"{SIGN_INS}{claims(pair['access'])['sid']}/"


def listed(caller: APIClient) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = caller.get(SIGN_INS).json()
    return found


def test_the_list_says_when_where_and_by_what(user: User) -> None:
    body = {"email": user.email, "password": PASSWORD}
    agent: dict[str, Any] = {"HTTP_USER_AGENT": FIREFOX, "REMOTE_ADDR": "192.0.2.7"}
    pair = client().post(TOKEN, body, **agent).json()

    (found,) = listed(client(pair["access"]))

    assert set(found) == FIELDS
    assert (found["kind"], found["device"]) == ("token", "Firefox on Linux")
    assert (found["ip_address"], found["current"]) == ("192.0.2.7", True)
    assert UUID(found["id"]) == UUID(claims(pair["access"])["sid"])


def test_the_last_one_used_comes_first_and_one_is_this(
    user: User, time_machine: time_machine.TimeMachineFixture
) -> None:
    start = timezone.now()
    time_machine.move_to(start, tick=False)
    first = begin(user)
    time_machine.move_to(start + timedelta(seconds=10), tick=False)
    second = begin(user)

    assert [row["current"] for row in listed(client(first["access"]))] == [False, True]
    time_machine.move_to(start + timedelta(seconds=20), tick=False)
    refresh(first)
    assert [row["current"] for row in listed(client(second["access"]))] == [False, True]
    assert [row["id"] for row in listed(client(second["access"]))] == [
        claims(pair["access"])["sid"] for pair in (first, second)
    ]


def test_many_sign_ins_are_listed_on_several_pages(
    user: User, signed_in: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A11: each page is a list, and names the next one in a header."""
    monkeypatch.setattr(sign_in_views.SignInPagination, "page_size", 2)
    for _ in range(2):
        begin(user)

    first, second = (signed_in.get(SIGN_INS, {"page": number}) for number in (1, 2))

    assert [len(page.json()) for page in (first, second)] == [2, 1]
    assert first["Link"].endswith(f'{SIGN_INS}?page=2>; rel="next"')
    assert "Link" not in second
    assert first.json() == listed(signed_in)
    for wrong in ("0", "3", "x", "9" * 30):
        assert signed_in.get(SIGN_INS, {"page": wrong}).status_code == 404


def test_what_has_ended_is_not_listed(
    user: User, pair: Pair, time_machine: time_machine.TimeMachineFixture
) -> None:
    start = timezone.now()
    time_machine.move_to(start, tick=False)
    second = begin(user)
    client(pair["access"]).delete(path_of(second))
    assert len(listed(client(pair["access"]))) == 1

    begin(user)
    time_machine.move_to(start + settings.SIGN_IN_LIMITS["token"]["idle"], tick=False)

    assert len(listed(client(begin(user)["access"]))) == 1


def test_nobody_sees_or_ends_what_is_not_theirs(pair: Pair, other: User) -> None:
    stranger = client(begin(other)["access"])

    assert [row["current"] for row in listed(stranger)] == [True]
    assert stranger.delete(path_of(pair)).status_code == 404
    assert stranger.delete(SIGN_INS).status_code == 204
    assert accepts_access(pair)
    assert refresh(pair)


def test_ending_one_ends_that_one(user: User, pair: Pair, signed_in: APIClient) -> None:
    second, third = begin(user), begin(user)

    assert signed_in.delete(path_of(second)).status_code == 204

    assert is_dead(second)
    assert accepts_access(third)
    assert accepts_access(pair)


def test_ending_this_one_signs_out(pair: Pair, signed_in: APIClient) -> None:
    assert signed_in.delete(path_of(pair)).status_code == 204

    assert is_dead(pair)


def test_what_has_ended_or_never_was_is_not_found(
    user: User, pair: Pair, signed_in: APIClient
) -> None:
    second = begin(user)
    signed_in.delete(path_of(second))

    for path in (path_of(second), f"{SIGN_INS}{uuid4()}/"):
        response = signed_in.delete(path)
        assert (response.status_code, response.json()["code"]) == (404, "not_found")
    assert signed_in.delete(f"{SIGN_INS}1/").status_code == 404
    assert accepts_access(pair)


def test_ending_all_ends_all(user: User, pair: Pair, signed_in: APIClient) -> None:
    second = begin(user)

    assert signed_in.delete(SIGN_INS).status_code == 204

    assert is_dead(pair)
    assert is_dead(second)
    assert accepts_access(begin(user))


@pytest.mark.parametrize(("keep", "kept"), [("current", True), ("", False), ("all", False)])
def test_ending_all_others_keeps_this_one(
    user: User, pair: Pair, signed_in: APIClient, keep: str, kept: bool
) -> None:
    second = begin(user)

    assert signed_in.delete(f"{SIGN_INS}?keep={keep}").status_code == 204

    assert is_dead(second)
    assert accepts_access(pair) is kept


@pytest.mark.parametrize("path", [SIGN_INS, f"{SIGN_INS}{UUID(int=1)}/"])
def test_only_who_is_signed_in_may_ask(api: APIClient, pair: Pair, path: str) -> None:
    for caller in (api, client("nonsense"), client(pair["refresh"])):
        response = caller.delete(path)
        assert response.status_code == 401
        assert response["WWW-Authenticate"].startswith("Bearer ")
    assert api.get(SIGN_INS).status_code == 401
    assert client(pair["access"]).get(ME).status_code == 200


def test_answers_are_kept_by_nobody(signed_in: APIClient) -> None:
    assert "no-store" in signed_in.get(SIGN_INS)["Cache-Control"]
