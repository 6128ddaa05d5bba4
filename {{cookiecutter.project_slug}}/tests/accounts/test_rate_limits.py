"""Rate limits are exact, shared by all processes, and no means to lock others out."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
import time_machine
from django.core.cache import caches
from django.utils import timezone
from pytest_django import Settings

from accounts.email_links import InvalidLinkError
from accounts.models import User
from accounts.services import (
    authentication,
    email_change,
    passwords,
    rate_limits,
    sign_ins,
    verification,
)
from accounts.services.rate_limits import RateLimitExceededError, RateLimitKey
from tests.conftest import HERE, PASSWORD, UnreachableCache
from web.client_info import ClientInfo

START = datetime(2030, 1, 1, tzinfo=UTC)
KEY = RateLimitKey("account_and_ip", "an owner")
WRONG = "not the password"
UNKNOWN = ClientInfo(None, "")


@pytest.fixture(autouse=True)
def _low_limits(settings: Settings) -> None:
    settings.RATE_LIMITS = {
        "account_and_ip": (3, 60),
        "ip": (6, 60),
        "account": (5, 60),
        "sign_ins": (50, 60),
        "links": (2, 60),
        "mail_to": (2, 60),
        "mail_from": (4, 60),
    }


@pytest.fixture
def other(db: None) -> User:
    return User.objects.create_user(
        "grace@example.com", PASSWORD, email_verified_at=timezone.now()
    )


def guess(email: str, address: str = "192.0.2.1", password: str = WRONG) -> User | None:
    return authentication.authenticate(email, password, client=ClientInfo(address, ""))


def is_let_in(user: User, address: str = "192.0.2.1") -> bool:
    """Return whether the right password is looked at."""
    try:
        found = guess(user.email, address, PASSWORD)
    except RateLimitExceededError:
        return False
    assert found == user
    return True


def guess_often(email: str, times: int, address: str = "192.0.2.1") -> None:
    for _ in range(times):
        assert guess(email, address) is None


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
    sign_ins.start(user, kind, HERE, "a")
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

    passwords.reset(user, PASSWORD, HERE)
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
    sign_ins.start(user, kind, UNKNOWN, "a")
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
        passwords.request_reset(user.email.upper(), HERE)
    with pytest.raises(RateLimitExceededError):
        passwords.request_reset(user.email, ClientInfo("198.51.100.7", ""))
    for number in range(2):
        passwords.request_reset(f"{number}@example.com", HERE)
    with pytest.raises(RateLimitExceededError):
        passwords.request_reset("somebody@example.com", HERE)

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
    passwords.request_reset(user.email, HERE)
    assert len(mailoutbox) == 1


def test_a_password_can_be_reset_meanwhile(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limits, "cache", UnreachableCache())

    passwords.reset(user, "the tide comes in at six", HERE)

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

    # Those that were refused have cost nothing, and nobody got more than there was.
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


PHONE = ClientInfo("203.0.113.9", "")


def exhaust_network(address: str = "192.0.2.1") -> None:
    for number in range(6):
        guess_often(f"{number}@example.com", 1, address)
    with pytest.raises(RateLimitExceededError):
        guess("6@example.com", address)


def test_known_user_signs_in_where_others_exhausted_the_limit(
    user: User, other: User, kind: str
) -> None:
    """D01: one forgetful or malicious client locked out a whole office."""
    sign_ins.start(user, kind, HERE, "a")
    exhaust_network()

    assert is_let_in(user)
    assert not is_let_in(other)
    with pytest.raises(RateLimitExceededError):
        guess("7@example.com")


def test_known_user_is_limited_by_their_own_attempts(user: User, kind: str) -> None:
    """D01: an attacker on the network of the user can guess no more often than before."""
    sign_ins.start(user, kind, HERE, "a")
    exhaust_network()
    guess_often(user.email, 3)

    assert not is_let_in(user)


def test_attempts_of_a_known_user_do_not_count_for_the_network(
    user: User, other: User, kind: str
) -> None:
    sign_ins.start(user, kind, HERE, "a")
    guess_often(user.email, 3)
    for number in range(5):
        guess_often(f"{number}@example.com", 1)

    assert is_let_in(other)


def test_valid_account_on_a_network_buys_no_attempts_at_others(
    user: User, other: User, kind: str
) -> None:
    """D01: the attacker's own account is known there; those that are sprayed are not."""
    sign_ins.start(other, kind, HERE, "a")
    for number in range(6):
        assert is_let_in(other)
        guess_often(f"{number}@example.com", 1)
    assert is_let_in(other)

    assert not is_let_in(user)


def test_user_is_known_in_a_whole_network_of_ipv6(user: User, kind: str) -> None:
    """D01: privacy extensions give a device another address of its network every day."""
    sign_ins.start(user, kind, ClientInfo("2001:db8::1", ""), "a")
    exhaust_network("2001:db8::2")

    assert is_let_in(user, "2001:db8::3")


@pytest.mark.parametrize("client", [HERE, PHONE], ids=["same network", "phone"])
def test_password_reset_restores_access_where_others_exhausted_the_limit(
    user: User, other: User, client: ClientInfo, mailoutbox: list[object]
) -> None:
    """D01: also for a user who is new there, and who opens the email elsewhere."""
    exhaust_network()
    assert not is_let_in(user)

    passwords.request_reset(user.email, client)
    assert len(mailoutbox) == 1
    user.refresh_from_db()
    passwords.reset(user, PASSWORD, client)

    assert is_let_in(user)
    assert not is_let_in(other)


def test_after_a_password_reset_guessing_from_everywhere_is_still_limited(user: User) -> None:
    passwords.reset(user, PASSWORD, HERE)
    for number in range(5):
        guess_often(user.email, 1, f"198.51.100.{number}")

    assert not is_let_in(user, PHONE.ip_address or "")
    assert is_let_in(user)


def test_password_reset_restores_access_after_too_many_sign_ins(
    user: User, settings: Settings
) -> None:
    """D01: an attacker had the password, and used up the limit of correct passwords."""
    settings.RATE_LIMITS["sign_ins"] = (1, 60)
    assert is_let_in(user)
    assert not is_let_in(user)

    passwords.reset(user, PASSWORD, HERE)

    assert is_let_in(user)


def test_other_emails_do_not_use_up_password_resets(user: User, mailoutbox: list[object]) -> None:
    """D01: anyone could block the reset of an account by signing up with its address."""
    for _ in range(2):
        verification.resend(user.email, ClientInfo("198.51.100.7", ""))
    with pytest.raises(RateLimitExceededError):
        verification.resend(user.email, ClientInfo("198.51.100.7", ""))

    passwords.request_reset(user.email, HERE)

    assert len(mailoutbox) == 1


def test_known_user_resets_the_password_where_others_exhausted_the_limit(
    user: User, other: User, kind: str, mailoutbox: list[object]
) -> None:
    """D01: the way out by email is open too."""
    sign_ins.start(user, kind, HERE, "a")
    mailoutbox.clear()
    for number in range(4):
        passwords.request_reset(f"{number}@example.com", HERE)

    with pytest.raises(RateLimitExceededError):
        passwords.request_reset(other.email, HERE)
    for _ in range(2):
        passwords.request_reset(user.email, HERE)
    with pytest.raises(RateLimitExceededError):
        passwords.request_reset(user.email, HERE)

    assert len(mailoutbox) == 2


def test_signed_in_user_changes_the_email_address_whatever_others_requested(
    user: User, other: User
) -> None:
    """D01: emails of a signed-in user count for that user instead of the network."""
    for number in range(4):
        passwords.request_reset(f"{number}@example.com", HERE)
    for number in range(4):
        email_change.request(user, f"new{number}@example.com", HERE)

    with pytest.raises(RateLimitExceededError):
        email_change.request(user, "new4@example.com", PHONE)
    email_change.request(other, "new5@example.com", HERE)


def test_valid_link_works_after_invalid_ones(user: User) -> None:
    """D01: invalid links of others blocked the links of everyone in the network."""

    def follow(link: str) -> None:
        with rate_limits.following_link(HERE):
            if link != "valid":
                raise InvalidLinkError

    for _ in range(2):
        with pytest.raises(InvalidLinkError):
            follow("invalid")
    with pytest.raises(RateLimitExceededError):
        follow("invalid")

    follow("valid")


def test_signed_in_user_reauthenticates_whatever_others_guess(user: User) -> None:
    """D01: others cannot use up the attempts of a signed-in user, wherever that is."""
    for number in range(5):
        guess_often(user.email, 1, f"198.51.100.{number}")
    exhaust_network()

    assert authentication.reauthenticate(user, PASSWORD, client=HERE)


def test_stolen_sign_in_cannot_guess_the_password_from_everywhere(user: User) -> None:
    for number in range(5):
        client = ClientInfo(f"198.51.100.{number}", "")
        assert not authentication.reauthenticate(user, WRONG, client=client)

    with pytest.raises(RateLimitExceededError):
        authentication.reauthenticate(user, PASSWORD, client=PHONE)


def test_user_id_entered_as_email_address_does_not_count_for_that_user(user: User) -> None:
    """D01: IDs are in tokens, so that others may know them."""
    for name in (str(user.pk), f"reauthentication {user.pk}"):
        for number in range(5):
            guess_often(name, 1, f"198.51.100.{number}")

    assert authentication.reauthenticate(user, PASSWORD, client=PHONE)
