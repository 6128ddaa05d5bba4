"""Rate limits are exact and shared by all processes."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
import time_machine
from django.core.cache import caches
from django.utils import timezone

from accounts.models import User
from accounts.services import (
    authentication,
    passwords,
    rate_limits,
    sign_ins,
)
from accounts.services.rate_limits import RateLimitExceededError, RateLimitKey
from tests.accounts.attempts import guess, guess_often, is_let_in
from tests.conftest import HERE, PASSWORD, UnreachableCache
from web.client_info import ClientInfo

pytestmark = pytest.mark.usefixtures("low_limits")

START = datetime(2030, 1, 1, tzinfo=UTC)
KEY = RateLimitKey("account_and_ip", "an owner")
UNKNOWN = ClientInfo(None, "")


@pytest.mark.parametrize(
    ("seconds", "open_again"), [(0, False), (59, False), (60, True), (61, True)]
)
def test_a_budget_is_full_again_when_its_window_ends(
    user: User,
    time_machine: time_machine.TimeMachineFixture,
    seconds: int,
    open_again: bool,
) -> None:
    time_machine.move_to(START, tick=False)
    guess_often(user.email, 3)

    time_machine.move_to(START + timedelta(seconds=seconds), tick=False)

    assert is_let_in(user) is open_again


def test_it_is_told_when_to_come_again(
    user: User, time_machine: time_machine.TimeMachineFixture
) -> None:
    time_machine.move_to(START, tick=False)
    guess_often(user.email, 3)
    time_machine.move_to(START + timedelta(seconds=20), tick=False)

    for _ in range(5):
        with pytest.raises(RateLimitExceededError) as refusal:
            guess(user.email, password=PASSWORD)
        assert refusal.value.retry_after == 40


def test_trying_on_does_not_lengthen_it(
    user: User, time_machine: time_machine.TimeMachineFixture
) -> None:
    time_machine.move_to(START, tick=False)
    guess_often(user.email, 3)
    for seconds in range(1, 60, 7):
        time_machine.move_to(START + timedelta(seconds=seconds), tick=False)
        assert not is_let_in(user)

    time_machine.move_to(START + timedelta(seconds=60), tick=False)

    assert is_let_in(user)


def test_the_right_password_costs_nothing(user: User) -> None:
    for _ in range(20):
        assert is_let_in(user)


def test_the_right_password_does_not_wipe_out_wrong_ones(user: User, other: User) -> None:
    """Otherwise an account of one's own would buy guesses at all the others."""
    for _ in range(2):
        guess_often(user.email, 1)
        assert is_let_in(other)
    guess_often(user.email, 1)

    assert not is_let_in(user)


@pytest.mark.parametrize(
    "spelling", ["ADA@EXAMPLE.COM", " ada@example.com", "ada@example.com ", "\uff41da@example.com"]
)
def test_every_spelling_of_an_account_is_one(user: User, spelling: str) -> None:
    guess_often(spelling, 3)

    assert not is_let_in(user)


@pytest.mark.parametrize("email", ["nobody@example.com", "", "x" * 5000, "\ud800"])
def test_an_account_that_is_none_has_a_budget_too(user: User, email: str) -> None:
    email = email.encode("utf-8", "replace").decode()
    guess_often(email, 3)

    with pytest.raises(RateLimitExceededError):
        guess(email)
    assert is_let_in(user)


def test_many_accounts_from_one_address_are_too_many(user: User) -> None:
    for number in range(6):
        guess_often(f"{number}@example.com", 1)

    assert not is_let_in(user)
    assert is_let_in(user, "198.51.100.7")


def test_one_account_from_many_addresses_is_too_much(user: User, other: User) -> None:
    for number in range(5):
        guess_often(user.email, 1, f"198.51.100.{number}")

    assert not is_let_in(user)
    assert is_let_in(other)


def test_nobody_is_locked_out_from_elsewhere(user: User, kind: str) -> None:
    sign_ins.start(user, kind, "a", client=HERE)
    for number in range(5):
        guess_often(user.email, 1, f"198.51.100.{number}")

    assert is_let_in(user)
    assert not is_let_in(user, "203.0.113.1")
    guess_often(user.email, 3)
    assert not is_let_in(user)


def test_a_new_password_by_mail_is_the_way_out(user: User) -> None:
    def others_guess() -> None:
        for number in range(9):
            with suppress(RateLimitExceededError):
                guess(user.email, f"198.51.100.{number}")

    guess_often(user.email, 3)
    others_guess()
    assert not is_let_in(user)

    passwords.reset(user, PASSWORD, client=HERE)
    others_guess()

    assert is_let_in(user)
    assert not is_let_in(user, "203.0.113.1")


def test_a_network_of_ipv6_is_one_client(user: User) -> None:
    for number in range(6):
        guess_often(f"{number}@example.com", 1, f"2001:db8::{number}")

    assert not is_let_in(user, "2001:db8::ffff")
    assert is_let_in(user, "2001:db8:0:1::1")


def test_a_client_without_an_address_is_one_of_many() -> None:
    assert UNKNOWN.network == "unknown"


def test_clients_without_an_address_have_been_nowhere(user: User, kind: str) -> None:
    sign_ins.start(user, kind, "a", client=UNKNOWN)
    for number in range(5):
        guess_often(user.email, 1, f"198.51.100.{number}")

    with pytest.raises(RateLimitExceededError):
        authentication.authenticate(user.email, PASSWORD, client=UNKNOWN)


def test_showing_the_password_again_shares_the_budget(user: User) -> None:
    guess_often(user.email, 2)
    assert not authentication.reauthenticate(user, "wrong", client=HERE)

    with pytest.raises(RateLimitExceededError):
        authentication.reauthenticate(user, PASSWORD, client=HERE)
    assert not is_let_in(user)


def test_mails_are_counted_for_whom_they_are_and_who_asks(
    user: User, mailoutbox: list[object]
) -> None:
    for _ in range(2):
        passwords.request_reset(user.email.upper(), client=HERE)
    with pytest.raises(RateLimitExceededError):
        passwords.request_reset(user.email, client=ClientInfo("198.51.100.7", ""))
    for number in range(2):
        passwords.request_reset(f"{number}@example.com", client=HERE)
    with pytest.raises(RateLimitExceededError):
        passwords.request_reset("someone@example.com", client=HERE)

    assert len(mailoutbox) == 2
    assert is_let_in(user)


def test_while_nothing_can_be_counted_nobody_signs_in(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rate_limits, "cache", UnreachableCache())

    with pytest.raises(RateLimitExceededError) as refusal:
        guess(user.email, password=PASSWORD)

    assert refusal.value.retry_after == 30
    monkeypatch.undo()
    assert is_let_in(user)


def test_meanwhile_whoever_is_signed_in_may_show_the_password(
    user: User, monkeypatch: pytest.MonkeyPatch, mailoutbox: list[object]
) -> None:
    monkeypatch.setattr(rate_limits, "cache", UnreachableCache())

    assert authentication.reauthenticate(user, PASSWORD, client=HERE)
    assert not authentication.reauthenticate(user, "wrong", client=HERE)
    passwords.request_reset(user.email, client=HERE)
    assert len(mailoutbox) == 1


def test_a_password_can_be_reset_meanwhile(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limits, "cache", UnreachableCache())

    passwords.reset(user, "the tide comes in at six", client=HERE)

    assert User.objects.get().check_password("the tide comes in at six")


def may_try(key: RateLimitKey) -> bool:
    try:
        rate_limits.consume(key)
    except RateLimitExceededError:
        return False
    return True


def test_of_many_guesses_at_once_no_more_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
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


def test_from_several_purses_all_is_paid_or_nothing() -> None:
    empty = RateLimitKey("mail_to", "an owner")
    for _ in range(2):
        rate_limits.consume(empty)

    for _ in range(5):
        with pytest.raises(RateLimitExceededError):
            rate_limits.consume(KEY, empty)

    for _ in range(3):
        rate_limits.consume(KEY)


def test_a_cache_lost_between_guess_and_answer_refuses_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    spent = rate_limits.consume(KEY)
    monkeypatch.setattr(rate_limits, "cache", UnreachableCache())

    rate_limits.refund(spent)


def test_a_cache_whose_clock_is_late_makes_nobody_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        rate_limits.consume(KEY)
    later = timezone.now() + timedelta(seconds=61)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)

    assert may_try(KEY)
