"""P: links that many requests use at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from tests.attacks.client import NEW, Client
from tests.attacks.server import Server

Kind = type[Client]


def at_once(call: Callable[[int], str]) -> list[str]:
    """Do something eight times at the same moment, and return what came of it, in order."""
    barrier = Barrier(8)

    def wait_and_call(number: int) -> str:
        barrier.wait(timeout=20)
        return call(number)

    with ThreadPoolExecutor(8) as pool:
        return sorted(pool.map(wait_and_call, range(8)))


@pytest.mark.parametrize("round_", range(2))
def test_p18_concurrent_uses_of_a_reset_link_succeed_once(
    server: Server, kind: Kind, email: str, round_: int
) -> None:
    """P18, ASVS 6.5.1, 15.4.2: a link works once, also under concurrent requests."""
    link = kind(server).reset_link(email)
    follow = [kind(server).open_reset(link) for _ in range(8)]

    outcomes = at_once(lambda n: kind(server).outcome(follow[n](f"{NEW} {n}")))

    assert outcomes == ["done"] + ["refused"] * 7
    found = [kind(server).tries(email, f"{NEW} {number}") for number in range(8)]
    assert sorted(found) == ["done"] + ["refused"] * 7


@pytest.mark.parametrize("round_", range(2))
def test_p30_concurrent_confirmations_succeed_once(
    server: Server, kind: Kind, member: Client, email: str, round_: int
) -> None:
    """P30, P25, ASVS 6.5.1, 15.4.2."""
    member.change_email(f"next-{email}")
    token = member.verification(server.mail_to(f"next-{email}"))

    outcomes = at_once(lambda _: member.outcome(kind(server).verify(token)))

    assert outcomes == ["done"] + ["refused"] * 7
    assert kind(server).tries(f"next-{email}") == "done"
