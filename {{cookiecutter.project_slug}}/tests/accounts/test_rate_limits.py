"""Rate limits stop attackers, are shared by all processes, and lock no user out."""

from collections.abc import Callable

import pytest
from django.core.mail import EmailMessage
from time_machine import TimeMachineFixture

from accounts.email_links import InvalidLinkError
from accounts.models import User
from accounts.services import authentication, passwords, rate_limits
from accounts.services.rate_limits import RateLimitExceededError, RateLimitKey
from tests.accounts.conftest import NEW_PASSWORD, PHONE, Start, allows
from tests.conftest import HERE, PASSWORD, UnreachableCache
from web.client_info import ClientInfo

pytestmark = pytest.mark.usefixtures("low_limits")

KEY = RateLimitKey("account_and_ip", "an owner")
ADA = "ada@example.com"
HOME = "192.0.2.1"
WRONG = "not the password"


def consumes(*keys: RateLimitKey) -> bool:
    return allows(rate_limits.consume, *keys)


def reauthenticates(user: User, client: ClientInfo = HERE) -> bool:
    return allows(authentication.reauthenticate, user, PASSWORD, client=client)


def sign_in(email: str, address: str = HOME, password: str = WRONG) -> User | None:
    return authentication.authenticate(email, password, client=ClientInfo(address, ""))


def is_let_in(user: User, address: str = HOME) -> bool:
    """Return whether the right password is looked at."""
    return allows(sign_in, user.email, address, PASSWORD)


def guess(email: str, times: int, address: str = HOME) -> None:
    for _ in range(times):
        assert sign_in(email, address) is None


def guess_everywhere(email: str) -> None:
    """Reach the limit of an account, from as many networks."""
    for number in range(5):
        guess(email, 1, f"198.51.100.{number}")


def exhaust_network(address: str = HOME) -> None:
    """Reach the limit of a network, with an attempt for each of many accounts."""
    for number in range(6):
        guess(f"{number}@example.com", 1, address.format(number))


def exhaust_ipv6() -> None:
    exhaust_network("2001:db8::{}")


def test_limit_ends_with_its_window_and_rejected_attempts_do_not_prolong_it(
    user: User, clock: TimeMachineFixture
) -> None:
    guess(user.email, 3)
    for left in (60, 40, 20):
        with pytest.raises(RateLimitExceededError) as refusal:
            sign_in(user.email, password=PASSWORD)
        assert refusal.value.retry_after == left
        clock.shift(20)

    assert is_let_in(user)


def test_attempt_counts_for_every_limit_or_for_none() -> None:
    exhausted = RateLimitKey("mail_to", "an owner")
    assert [consumes(exhausted) for _ in range(3)] == [True, True, False]
    assert not any(consumes(KEY, exhausted) for _ in range(5))

    assert [consumes(KEY) for _ in range(4)] == [True, True, True, False]


@pytest.mark.parametrize(
    ("email", "of_user"),
    [
        *((email, True) for email in ("ADA@EXAMPLE.COM", " \uff41da@example.com ")),
        *((email, False) for email in ("nobody@example.com", "", "x" * 5000)),
    ],
)
def test_every_spelling_of_an_account_and_every_other_text_has_one_limit(
    user: User, email: str, of_user: bool
) -> None:
    guess(email, 3)

    assert not allows(sign_in, email)
    assert is_let_in(user) is not of_user


@pytest.mark.parametrize(
    ("attack", "refused", "allowed"),
    [
        (exhaust_network, (ADA, HOME), (ADA, "198.51.100.7")),
        (exhaust_ipv6, (ADA, "2001:db8::ffff"), (ADA, "2001:db8:0:1::1")),
        (lambda: guess_everywhere(ADA), (ADA, HOME), ("grace@example.com", HOME)),
    ],
    ids=["network", "network of IPv6", "account"],
)
def test_networks_and_accounts_have_limits(
    user: User,
    other: User,
    attack: Callable[[], None],
    refused: tuple[str, str],
    allowed: tuple[str, str],
) -> None:
    attack()

    assert not allows(sign_in, *refused, PASSWORD)
    assert allows(sign_in, *allowed, PASSWORD)


def test_outage_refuses_sign_ins_and_nothing_else(
    user: User, monkeypatch: pytest.MonkeyPatch, mailoutbox: list[EmailMessage]
) -> None:
    consumed = rate_limits.consume(KEY)
    with monkeypatch.context() as outage:
        outage.setattr(rate_limits, "cache", UnreachableCache())
        rate_limits.refund(consumed)
        with pytest.raises(RateLimitExceededError) as refusal:
            sign_in(user.email, password=PASSWORD)
        assert refusal.value.retry_after == 30
        assert authentication.reauthenticate(user, PASSWORD, client=HERE)
        assert not authentication.reauthenticate(user, WRONG, client=HERE)
        passwords.request_reset(user.email, client=HERE)
        assert len(mailoutbox) == 1
        passwords.reset(User.objects.get(), NEW_PASSWORD, client=HERE)

    assert sign_in(user.email, password=NEW_PASSWORD) == user


@pytest.mark.parametrize(
    ("known", "attack", "address"),
    [
        (HOME, exhaust_network, HOME),
        (HOME, lambda: guess_everywhere(ADA), HOME),
        # Privacy extensions give a device another address of its network every day.
        ("2001:db8::6", exhaust_ipv6, "2001:db8::7"),
    ],
    ids=["same network", "everywhere", "IPv6"],
)
def test_known_user_signs_in_whatever_others_guess(
    user: User, start: Start, known: str, attack: Callable[[], None], address: str
) -> None:
    """D01: one client locked out an office; guessing at the user is limited as before."""
    start(user, client=ClientInfo(known, ""))
    attack()

    assert is_let_in(user, address)
    guess(user.email, 3, address)
    assert not is_let_in(user, address)


def test_attempts_of_a_known_user_do_not_count_for_the_network(
    user: User, other: User, start: Start
) -> None:
    start(user)
    guess(user.email, 3)
    for number in range(5):
        guess(f"{number}@example.com", 1)

    assert is_let_in(other)


@pytest.mark.parametrize("known", [False, True])
def test_valid_account_buys_no_attempts_at_others(
    user: User, other: User, start: Start, known: bool
) -> None:
    """D01: also where that account is known; correct passwords count for no limit."""
    if known:
        start(other)
    for number in range(6):
        assert is_let_in(other)
        guess(f"{number}@example.com", 1)

    assert is_let_in(other) is known
    assert not is_let_in(user)


def spray(_: User) -> list[bool]:
    return [allows(guess, f"{number}@example.com", 1) for number in range(7)]


def guess_on(user: User) -> list[bool]:
    return [allows(guess, user.email, 1, f"198.51.100.{number}") for number in range(9)]


def use_stolen_password(user: User) -> list[bool]:
    return [is_let_in(user) for _ in range(10)]


@pytest.mark.parametrize(
    ("attack", "client"),
    [(spray, HERE), (spray, PHONE), (guess_on, HERE), (use_stolen_password, HERE)],
)
def test_password_reset_restores_access_and_leaves_others_limited(
    user: User, attack: Callable[[User], list[bool]], client: ClientInfo
) -> None:
    """D01: also for a user who is new there, who opens the email elsewhere, and from then on."""
    assert not all(attack(user))
    allows(guess, user.email, 3)
    assert not is_let_in(user)

    passwords.request_reset(user.email, client=client)
    passwords.reset(User.objects.get(), PASSWORD, client=client)

    assert is_let_in(user)
    assert not all(attack(user))
    assert is_let_in(user) is (attack is not use_stolen_password)


def test_reauthentications_from_everywhere_are_limited_for_signed_in_clients_alone(
    user: User,
) -> None:
    """D01: others cannot use them up, not even with the ID of the user, which is in tokens."""
    for name in (user.email, str(user.pk), f"reauthentication {user.pk}"):
        guess_everywhere(name)
    exhaust_network()
    assert reauthenticates(user)

    for number in range(5):
        client = ClientInfo(f"198.51.100.{number}", "")
        assert not authentication.reauthenticate(user, WRONG, client=client)
    assert not reauthenticates(user, PHONE)


def test_valid_link_works_after_invalid_ones() -> None:
    """D01: invalid links of others blocked the links of everyone in the network."""

    def follow_links(*invalid: Exception) -> None:
        with rate_limits.following_link(HERE):
            for error in invalid:
                raise error

    for refusal in (InvalidLinkError, InvalidLinkError, RateLimitExceededError):
        with pytest.raises(refusal):
            follow_links(InvalidLinkError())

    follow_links()
