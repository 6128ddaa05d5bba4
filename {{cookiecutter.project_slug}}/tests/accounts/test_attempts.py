"""Budgets of tries: shared, exact, and never a means to lock others out."""

from datetime import timedelta

import pytest
import time_machine
from django.test import RequestFactory
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from accounts.services import authentication, passwords, rate_limits, sign_ins
from accounts.services.rate_limits import RateLimitExceededError
from tests.accounts.test_budgets import AbsentCache
from tests.conftest import HERE, PASSWORD
from web.client_info import ClientInfo

START = timezone.now().replace(microsecond=0)
WRONG = "not the password"


@pytest.fixture(autouse=True)
def _small_budgets(settings: Settings) -> None:
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
    request = RequestFactory().get("/", REMOTE_ADDR=address)
    return authentication.authenticate(request, email, password)


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
            request = RequestFactory().get("/", REMOTE_ADDR=f"198.51.100.{number}")
            try:
                authentication.authenticate(request, user.email, WRONG)
            except RateLimitExceededError:
                continue

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
    assert ClientInfo(None, "").network == "unknown"


def test_clients_without_an_address_have_been_nowhere(user: User, kind: str) -> None:
    sign_ins.start(user, kind, ClientInfo(None, ""), "a")
    for number in range(5):
        guess_often(user.email, 1, f"198.51.100.{number}")

    assert not is_let_in(user, "nonsense")


def test_showing_the_password_again_shares_the_budget(user: User) -> None:
    request = RequestFactory().get("/", REMOTE_ADDR="192.0.2.1")
    guess_often(user.email, 2)
    assert not authentication.confirm(request, user, "wrong")

    with pytest.raises(RateLimitExceededError):
        authentication.confirm(request, user, PASSWORD)
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
    monkeypatch.setattr(rate_limits, "cache", AbsentCache())

    with pytest.raises(RateLimitExceededError) as refusal:
        guess(user.email, password=PASSWORD)

    assert refusal.value.retry_after == 30
    monkeypatch.undo()
    assert is_let_in(user)


def test_meanwhile_whoever_is_signed_in_may_show_the_password(
    user: User, monkeypatch: pytest.MonkeyPatch, mailoutbox: list[object]
) -> None:
    monkeypatch.setattr(rate_limits, "cache", AbsentCache())
    request = RequestFactory().get("/", REMOTE_ADDR="192.0.2.1")

    assert authentication.confirm(request, user, PASSWORD)
    assert not authentication.confirm(request, user, "wrong")
    passwords.request_reset(user.email, HERE)
    assert len(mailoutbox) == 1


def test_a_password_can_be_reset_meanwhile(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limits, "cache", AbsentCache())

    passwords.reset(user, "the tide comes in at six", HERE)

    assert User.objects.get().check_password("the tide comes in at six")
