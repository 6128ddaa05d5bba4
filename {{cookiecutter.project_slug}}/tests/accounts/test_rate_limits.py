"""Rate limits are exact and shared by all processes."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
import time_machine
from django.core.cache import caches
from django.utils import timezone

from accounts.models import User
from accounts.services import authentication, passwords, rate_limits
from accounts.services.rate_limits import RateLimitExceededError, RateLimitKey
from tests.accounts.attempts import (
    PHONE,
    exhaust_network,
    guess,
    guess_everywhere,
    guess_often,
    is_let_in,
)
from tests.accounts.conftest import NEW_PASSWORD
from tests.conftest import HERE, PASSWORD, UnreachableCache

pytestmark = pytest.mark.usefixtures("low_limits")

START = datetime(2030, 1, 1, tzinfo=UTC)
KEY = RateLimitKey("account_and_ip", "an owner")


@pytest.fixture
def outage(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache that does not respond."""
    monkeypatch.setattr(rate_limits, "cache", UnreachableCache())


def test_limit_ends_with_its_window_and_rejected_attempts_do_not_prolong_it(
    user: User, time_machine: time_machine.TimeMachineFixture
) -> None:
    time_machine.move_to(START, tick=False)
    guess_often(user.email, 3)
    for seconds in (0, 20, 59):
        time_machine.move_to(START + timedelta(seconds=seconds), tick=False)
        with pytest.raises(RateLimitExceededError) as refusal:
            guess(user.email, password=PASSWORD)
        assert refusal.value.retry_after == 60 - seconds

    time_machine.move_to(START + timedelta(seconds=60), tick=False)

    assert is_let_in(user)


def test_correct_password_costs_nothing_and_refunds_no_wrong_ones(user: User, other: User) -> None:
    """Otherwise an attacker's own account would buy guesses at all the others."""
    for _ in range(20):
        assert is_let_in(user)
    for _ in range(2):
        guess_often(user.email, 1)
        assert is_let_in(other)
    guess_often(user.email, 1)

    assert not is_let_in(user)


@pytest.mark.parametrize(
    ("email", "of_user"),
    [
        *(
            (email, True)
            for email in ("ADA@EXAMPLE.COM", " ada@example.com ", "\uff41da@example.com")
        ),
        *((email, False) for email in ("nobody@example.com", "", "x" * 5000, "?")),
    ],
)
def test_every_spelling_of_an_account_and_every_other_text_has_one_limit(
    user: User, email: str, of_user: bool
) -> None:
    guess_often(email, 3)

    with pytest.raises(RateLimitExceededError):
        guess(email)
    assert is_let_in(user) is not of_user


def test_many_accounts_from_one_network_exhaust_its_limit(user: User) -> None:
    exhaust_network()

    assert not is_let_in(user)
    assert is_let_in(user, "198.51.100.7")


def test_one_account_from_many_networks_exhausts_its_limit(user: User, other: User) -> None:
    guess_everywhere(user.email)

    assert not is_let_in(user)
    assert is_let_in(other)


def test_network_of_ipv6_is_one_client(user: User) -> None:
    for number in range(6):
        guess_often(f"{number}@example.com", 1, f"2001:db8::{number}")

    assert not is_let_in(user, "2001:db8::ffff")
    assert is_let_in(user, "2001:db8:0:1::1")


def test_reauthentication_shares_the_limit_of_sign_ins(user: User) -> None:
    guess_often(user.email, 2)
    assert not authentication.reauthenticate(user, "wrong", client=HERE)

    with pytest.raises(RateLimitExceededError):
        authentication.reauthenticate(user, PASSWORD, client=HERE)
    assert not is_let_in(user)


def test_emails_count_for_the_mailbox_and_for_the_network(
    user: User, mailoutbox: list[object]
) -> None:
    for _ in range(2):
        passwords.request_reset(user.email.upper(), client=HERE)
    with pytest.raises(RateLimitExceededError):
        passwords.request_reset(user.email, client=PHONE)
    for number in range(2):
        passwords.request_reset(f"{number}@example.com", client=HERE)
    with pytest.raises(RateLimitExceededError):
        passwords.request_reset("someone@example.com", client=HERE)

    assert len(mailoutbox) == 2
    assert is_let_in(user)


def test_no_one_signs_in_during_an_outage(
    user: User, outage: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(RateLimitExceededError) as refusal:
        guess(user.email, password=PASSWORD)

    assert refusal.value.retry_after == 30
    monkeypatch.undo()
    assert is_let_in(user)


def test_users_reauthenticate_and_reset_passwords_during_an_outage(
    user: User, outage: None, mailoutbox: list[object]
) -> None:
    assert authentication.reauthenticate(user, PASSWORD, client=HERE)
    assert not authentication.reauthenticate(user, "wrong", client=HERE)
    passwords.request_reset(user.email, client=HERE)
    assert len(mailoutbox) == 1
    passwords.reset(User.objects.get(), NEW_PASSWORD, client=HERE)
    assert User.objects.get().check_password(NEW_PASSWORD)


def test_outage_before_the_refund_fails_no_request(monkeypatch: pytest.MonkeyPatch) -> None:
    consumed = rate_limits.consume(KEY)
    monkeypatch.setattr(rate_limits, "cache", UnreachableCache())
    rate_limits.refund(consumed)


def may_try(key: RateLimitKey) -> bool:
    try:
        rate_limits.consume(key)
    except RateLimitExceededError:
        return False
    return True


def test_concurrent_attempts_do_not_exceed_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    # Each thread would open connections of its own, and leave them open.
    monkeypatch.setattr(rate_limits, "cache", caches["default"])
    threads = 50
    barrier = Barrier(threads)

    def take(_: int) -> bool:
        barrier.wait(timeout=20)
        return may_try(KEY)

    with ThreadPoolExecutor(threads) as pool:
        taken = sum(pool.map(take, range(threads)))
    left = sum(may_try(KEY) for _ in range(4))

    # Rejected attempts are not counted, and no more than the limit are allowed.
    assert taken + left == 3


def test_attempt_counts_for_every_limit_or_for_none() -> None:
    exhausted = RateLimitKey("mail_to", "an owner")
    for _ in range(2):
        rate_limits.consume(exhausted)
    for _ in range(5):
        with pytest.raises(RateLimitExceededError):
            rate_limits.consume(KEY, exhausted)

    assert [may_try(KEY) for _ in range(4)] == [True, True, True, False]


def test_cache_whose_clock_is_late_prolongs_no_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        rate_limits.consume(KEY)
    later = timezone.now() + timedelta(seconds=61)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)

    assert may_try(KEY)
