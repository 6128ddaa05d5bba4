"""J: tokens for another purpose or project, at the last second, and at the same moment."""

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import time_machine
from pytest_django import Settings

from tests.attacks.api.client import REFRESH, REVOKE, Caller
from tests.attacks.client import NEW
from tests.attacks.server import LIMITS, Server
from tests.token_auth.api import Pair, accepts_access, claims
from tests.token_auth.api import refresh as renewed


def test_j16_token_is_rejected_for_another_purpose(holder: Caller) -> None:
    """J16, J17, ASVS 9.2.2: access, refresh, verification and reset."""
    assert not holder.is_let_in(holder.refresh)
    for path in (REFRESH, REVOKE):
        assert holder.post(path, refresh=holder.access).status == 401
    for token in (holder.access, holder.refresh):
        assert holder.verify(token).status == 400
        assert holder.reset((claims(token)["sub"], token), NEW).status == 400
    assert holder.is_let_in()
    assert holder.renew().status == 200


def test_j27_concurrent_refreshes_get_the_same_successor(server: Server, holder: Caller) -> None:
    """J27, ASVS 10.4.5, 15.4.2: there is one valid refresh token, and no second family."""
    many = 16
    barrier = Barrier(many)

    def renew(_: int) -> str:
        client = Caller(server)
        barrier.wait(timeout=20)
        found: str = json.loads(client.renew(holder.refresh).body)["refresh"]
        return found

    with ThreadPoolExecutor(many) as pool:
        (successor,) = set(pool.map(renew, range(many)))

    first, holder.refresh = holder.refresh, successor
    holder.keep(holder.renew())
    assert holder.is_let_in()
    assert holder.renew(first).status == 401
    assert holder.is_over()


def test_j36_invalid_refreshes_and_sign_ins_are_rate_limited(
    server: Server, caller: Caller, email: str
) -> None:
    """J36: what is no token at all, and the right password, which is known by then."""
    refreshes, _ = LIMITS["refreshes_from"]
    assert {caller.renew(f"x.y.{number}").status for number in range(refreshes + 1)} == {401, 429}

    sign_ins, _ = LIMITS["sign_ins"]
    statuses = [Caller(server).sign_in(email).status for _ in range(sign_ins + 1)]
    assert statuses == [200] * sign_ins + [429]


def test_j17_token_of_another_project_is_rejected(pair: Pair, settings: Settings) -> None:
    """J17: even if both projects have the same key."""
    settings.JWT_ISSUER = settings.JWT_AUDIENCE = "https://other.example.com"

    assert not accepts_access(pair)
    assert renewed(pair) is None


@pytest.mark.parametrize(("seconds", "good"), [(-1, True), (0, False), (1, False)])
def test_j10_access_token_expires_to_the_second(
    pair: Pair, time_machine: time_machine.TimeMachineFixture, seconds: int, good: bool
) -> None:
    """J10, ASVS 9.2.1: without leeway."""
    time_machine.move_to(claims(pair["access"])["exp"] + seconds, tick=False)

    assert accepts_access(pair) is good
