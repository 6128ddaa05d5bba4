"""Rate limits stop attackers, and attackers cannot use them to lock users out."""

from contextlib import suppress

import pytest
from pytest_django import Settings

from accounts.email_links import InvalidLinkError
from accounts.models import User
from accounts.services import authentication, email_change, passwords, rate_limits, verification
from accounts.services.rate_limits import RateLimitExceededError
from tests.accounts.attempts import (
    PHONE,
    WRONG,
    exhaust_emails,
    exhaust_network,
    guess,
    guess_everywhere,
    guess_often,
    is_let_in,
)
from tests.accounts.conftest import Start
from tests.conftest import HERE, PASSWORD
from web.client_info import ClientInfo

pytestmark = pytest.mark.usefixtures("low_limits")


def test_known_user_signs_in_where_others_exhausted_the_limit(
    user: User, other: User, start: Start
) -> None:
    """D01: one client locked out an office; guessing at the user is limited as before."""
    start(user)
    exhaust_network()

    assert is_let_in(user)
    assert not is_let_in(other)
    guess_often(user.email, 3)
    assert not is_let_in(user)


def test_attempts_of_a_known_user_do_not_count_for_the_network(
    user: User, other: User, start: Start
) -> None:
    start(user)
    guess_often(user.email, 3)
    for number in range(5):
        guess_often(f"{number}@example.com", 1)

    assert is_let_in(other)


def test_known_user_signs_in_after_guesses_from_elsewhere(user: User, start: Start) -> None:
    start(user)
    guess_everywhere(user.email)

    assert is_let_in(user)
    assert not is_let_in(user, "203.0.113.1")
    guess_often(user.email, 3)
    assert not is_let_in(user)


def test_valid_account_on_a_network_buys_no_attempts_at_others(
    user: User, other: User, start: Start
) -> None:
    """D01: the attacker's own account is known there; those that are sprayed are not."""
    start(other)
    for number in range(6):
        assert is_let_in(other)
        guess_often(f"{number}@example.com", 1)
    assert is_let_in(other)

    assert not is_let_in(user)


def test_user_is_known_in_a_whole_network_of_ipv6(user: User, other: User, start: Start) -> None:
    """D01: privacy extensions give a device another address of its network every day."""
    start(user, client=ClientInfo("2001:db8::1", ""))
    exhaust_network("2001:db8::2")

    assert is_let_in(user, "2001:db8::3")
    assert not is_let_in(other, "2001:db8::3")


def test_user_without_an_ip_address_is_known_nowhere(user: User, start: Start) -> None:
    unknown = ClientInfo(None, "")
    assert unknown.network == "unknown"
    start(user, client=unknown)
    guess_everywhere(user.email)

    with pytest.raises(RateLimitExceededError):
        authentication.authenticate(user.email, PASSWORD, client=unknown)


@pytest.mark.parametrize("client", [HERE, PHONE], ids=["same network", "phone"])
def test_password_reset_restores_access_where_others_exhausted_the_limit(
    user: User, other: User, client: ClientInfo, mailoutbox: list[object]
) -> None:
    """D01: also for a user who is new there, and who opens the email elsewhere."""
    exhaust_network()
    assert not is_let_in(user)

    passwords.request_reset(user.email, client=client)
    assert len(mailoutbox) == 1
    user.refresh_from_db()
    passwords.reset(user, PASSWORD, client=client)

    assert is_let_in(user)
    assert not is_let_in(other)


def test_password_reset_restores_access_while_others_guess_on(user: User) -> None:
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
    assert not is_let_in(user, "203.0.113.9")


def test_password_reset_restores_access_after_too_many_sign_ins(
    user: User, settings: Settings
) -> None:
    """D01: an attacker had the password, and used up the limit of correct passwords."""
    settings.RATE_LIMITS["sign_ins"] = (1, 60)
    assert is_let_in(user)
    assert not is_let_in(user)

    passwords.reset(user, PASSWORD, client=HERE)

    assert is_let_in(user)


def test_other_emails_do_not_use_up_password_resets(user: User, mailoutbox: list[object]) -> None:
    """D01: anyone could block the reset of an account by signing up with its address."""
    for _ in range(2):
        verification.resend(user.email, client=PHONE)
    with pytest.raises(RateLimitExceededError):
        verification.resend(user.email, client=PHONE)

    passwords.request_reset(user.email, client=HERE)

    assert len(mailoutbox) == 1


def test_known_user_resets_the_password_where_others_exhausted_the_limit(
    user: User, other: User, start: Start, mailoutbox: list[object]
) -> None:
    """D01: the way out by email is open too."""
    start(user)
    exhaust_emails()

    with pytest.raises(RateLimitExceededError):
        passwords.request_reset(other.email, client=HERE)
    for _ in range(2):
        passwords.request_reset(user.email, client=HERE)
    with pytest.raises(RateLimitExceededError):
        passwords.request_reset(user.email, client=HERE)

    assert len(mailoutbox) == 2


def test_signed_in_user_changes_the_email_address_whatever_others_requested(
    user: User, other: User
) -> None:
    """D01: emails of a signed-in user count for that user instead of the network."""
    exhaust_emails()
    for number in range(4):
        email_change.request(user, f"new{number}@example.com", client=HERE)

    with pytest.raises(RateLimitExceededError):
        email_change.request(user, "new4@example.com", client=PHONE)
    email_change.request(other, "new5@example.com", client=HERE)


def test_valid_link_works_after_invalid_ones() -> None:
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
    """D01: not even if they guess with the ID of the user, which is in tokens."""
    for name in (user.email, str(user.pk), f"reauthentication {user.pk}"):
        guess_everywhere(name)
    exhaust_network()

    assert authentication.reauthenticate(user, PASSWORD, client=HERE)


def test_stolen_sign_in_cannot_guess_the_password_from_everywhere(user: User) -> None:
    for number in range(5):
        client = ClientInfo(f"198.51.100.{number}", "")
        assert not authentication.reauthenticate(user, WRONG, client=client)

    with pytest.raises(RateLimitExceededError):
        authentication.reauthenticate(user, PASSWORD, client=PHONE)
