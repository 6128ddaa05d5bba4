"""Rate limits stop attackers, and are no means to lock users out."""

import pytest
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
from accounts.services.rate_limits import RateLimitExceededError
from tests.accounts.attempts import WRONG, exhaust_network, guess, guess_often, is_let_in
from tests.conftest import HERE, PASSWORD
from web.client_info import ClientInfo

pytestmark = pytest.mark.usefixtures("low_limits")

PHONE = ClientInfo("203.0.113.9", "")


def test_known_user_signs_in_where_others_exhausted_the_limit(
    user: User, other: User, kind: str
) -> None:
    """D01: one forgetful or malicious client locked out a whole office."""
    sign_ins.start(user, kind, "a", client=HERE)
    exhaust_network()

    assert is_let_in(user)
    assert not is_let_in(other)
    with pytest.raises(RateLimitExceededError):
        guess("7@example.com")


def test_known_user_is_limited_by_their_own_attempts(user: User, kind: str) -> None:
    """D01: an attacker on the network of the user can guess no more often than before."""
    sign_ins.start(user, kind, "a", client=HERE)
    exhaust_network()
    guess_often(user.email, 3)

    assert not is_let_in(user)


def test_attempts_of_a_known_user_do_not_count_for_the_network(
    user: User, other: User, kind: str
) -> None:
    sign_ins.start(user, kind, "a", client=HERE)
    guess_often(user.email, 3)
    for number in range(5):
        guess_often(f"{number}@example.com", 1)

    assert is_let_in(other)


def test_valid_account_on_a_network_buys_no_attempts_at_others(
    user: User, other: User, kind: str
) -> None:
    """D01: the attacker's own account is known there; those that are sprayed are not."""
    sign_ins.start(other, kind, "a", client=HERE)
    for number in range(6):
        assert is_let_in(other)
        guess_often(f"{number}@example.com", 1)
    assert is_let_in(other)

    assert not is_let_in(user)


def test_user_is_known_in_a_whole_network_of_ipv6(user: User, kind: str) -> None:
    """D01: privacy extensions give a device another address of its network every day."""
    sign_ins.start(user, kind, "a", client=ClientInfo("2001:db8::1", ""))
    exhaust_network("2001:db8::2")

    assert is_let_in(user, "2001:db8::3")


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


def test_after_a_password_reset_guessing_from_everywhere_is_still_limited(user: User) -> None:
    passwords.reset(user, PASSWORD, client=HERE)
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

    passwords.reset(user, PASSWORD, client=HERE)

    assert is_let_in(user)


def test_other_emails_do_not_use_up_password_resets(user: User, mailoutbox: list[object]) -> None:
    """D01: anyone could block the reset of an account by signing up with its address."""
    for _ in range(2):
        verification.resend(user.email, client=ClientInfo("198.51.100.7", ""))
    with pytest.raises(RateLimitExceededError):
        verification.resend(user.email, client=ClientInfo("198.51.100.7", ""))

    passwords.request_reset(user.email, client=HERE)

    assert len(mailoutbox) == 1


def test_known_user_resets_the_password_where_others_exhausted_the_limit(
    user: User, other: User, kind: str, mailoutbox: list[object]
) -> None:
    """D01: the way out by email is open too."""
    sign_ins.start(user, kind, "a", client=HERE)
    mailoutbox.clear()
    for number in range(4):
        passwords.request_reset(f"{number}@example.com", client=HERE)

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
    for number in range(4):
        passwords.request_reset(f"{number}@example.com", client=HERE)
    for number in range(4):
        email_change.request(user, f"new{number}@example.com", client=HERE)

    with pytest.raises(RateLimitExceededError):
        email_change.request(user, "new4@example.com", client=PHONE)
    email_change.request(other, "new5@example.com", client=HERE)


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
