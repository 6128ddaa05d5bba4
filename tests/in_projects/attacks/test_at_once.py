"""P: links and guesses of many requests at the same moment."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from tests.attacks.client import NEW, Client
from tests.attacks.server import LIMITS, Server, somewhere
from tests.attacks.workers import restart_workers

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


@pytest.fixture(scope="module")
def two_workers(tmp_path_factory: pytest.TempPathFactory, database: str) -> Iterator[Server]:
    """The service with two processes that share a cache."""
    folder, redis_url = tmp_path_factory.mktemp("server"), os.environ.get("REDIS_URL")
    if not redis_url:
        pytest.skip("REDIS_URL names no server")
    server = Server(folder, database, redis_url, workers=2, options=["--preload"])
    with server.running():
        yield server


@pytest.mark.redis
def test_w26_p07_concurrent_guesses_are_limited(two_workers: Server, kind: Kind) -> None:
    """W26, P07, ASVS 2.4.1, 6.1.1: by two processes, and after a restart of both."""
    email, address = two_workers.new_user(), somewhere()
    tries, _ = LIMITS["account_and_ip"]

    def guess(_: int) -> str:
        return kind(two_workers, address).tries(email, "wrong")

    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(guess, range(10 * tries)))
    restart_workers(two_workers)

    assert found.count("refused") <= tries
    assert found.count("throttled") == 10 * tries - found.count("refused")
    assert [guess(0) for _ in range(tries + 1)][-1] == "throttled"
    assert kind(two_workers, address).tries(email) == "throttled"
    assert kind(two_workers).tries(email) == "done"
