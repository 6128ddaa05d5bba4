"""W26: budgets hold across processes, restarts and outages."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.attacks.pages.browser import Browser
from tests.attacks.server import Server, somewhere


@pytest.mark.redis
def test_w26_p07_of_many_guesses_at_once_five_are_looked_at(two_workers: Server) -> None:
    """W26, P07, ASVS 2.4.1, 6.1.1: by two processes, and after a restart of both."""
    email, address = two_workers.new_user(), somewhere()

    def guess(_: int) -> int:
        return Browser(two_workers, address).sign_in(email, "wrong").status

    with ThreadPoolExecutor(16) as pool:
        statuses = list(pool.map(guess, range(50)))
    two_workers.restart_workers()

    assert statuses.count(200) <= 5
    assert statuses.count(429) == 50 - statuses.count(200)
    assert [guess(0) for _ in range(6)][-1] == 429
    assert Browser(two_workers, address).sign_in(email).status == 429
    assert Browser(two_workers).sign_in(email).status == 302


def test_w26_without_a_cache_nobody_signs_in(without_a_cache: Server) -> None:
    """W26, ASVS 16.5.3: refused rather than uncounted, and the log says so."""
    email = without_a_cache.new_user()
    answer = Browser(without_a_cache).sign_in(email)

    assert answer.status == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert '"event": "attempts_not_counted"' in without_a_cache.log()
    asked = Browser(without_a_cache).submit("/accounts/password_reset/", email=email)
    assert asked.status == 302
