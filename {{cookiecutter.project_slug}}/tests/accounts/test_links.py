"""Links in emails, and the requests that send them."""

from collections.abc import Callable
from unittest.mock import Mock

import pytest
from django.conf import settings
from django.core import mail
from django.core.exceptions import ValidationError
from django.utils import timezone
from pytest_django import Settings
from time_machine import TimeMachineFixture

from accounts import email_links
from accounts.email_links import InvalidLinkError
from accounts.models import User
from accounts.services import email_change, passwords, sign_ins, staff, verification
from tests.accounts.conftest import NEW_PASSWORD, PHONE, Start, Waiting, allows, receivers
from tests.conftest import HERE, PASSWORD, mailed_link

Link = dict[str, str]


def reset_link(user: User) -> Link:
    passwords.request_reset(user.email, client=HERE)
    return mailed_link("password_reset")


def verification_link(user: User) -> Link:
    verification.send_link(user)
    return mailed_link("verify_email")


def follow(link: Link, password: str = NEW_PASSWORD) -> None:
    if "uid" in link:
        passwords.reset_with_link(**link, new_password=password, client=HERE)
    else:
        verification.verify(link["token"], client=HERE)


def move(_: User) -> None:
    User.objects.update(email="elsewhere@example.com")


def may_reset(email: str) -> bool:
    return allows(passwords.request_reset, email, client=HERE)


@pytest.fixture
def newcomer(db: None) -> User:
    """A user whose email address is not confirmed."""
    return User.objects.create_user("grace@example.com", PASSWORD)


@pytest.mark.parametrize(
    ("send", "timeout"),
    [
        (reset_link, settings.PASSWORD_RESET_TIMEOUT),
        (verification_link, settings.EMAIL_LINK_TIMEOUT),
    ],
)
def test_link_lasts_as_long_as_the_settings_say(
    newcomer: User,
    clock: TimeMachineFixture,
    send: Callable[[User], Link],
    timeout: int,
) -> None:
    link = send(newcomer)
    clock.shift(timeout + 1)
    with pytest.raises(InvalidLinkError):
        follow(link)
    clock.shift(-1)
    follow(link)


@pytest.mark.parametrize("send", [reset_link, verification_link])
def test_link_confirms_the_email_once_also_after_a_rotation_of_the_secret_key(
    newcomer: User, settings: Settings, send: Callable[[User], Link]
) -> None:
    """A07: as long as the old key is in `SECRET_KEY_FALLBACKS`."""
    link = send(newcomer)
    old, settings.SECRET_KEY = settings.SECRET_KEY, "y" * 60
    with pytest.raises(InvalidLinkError):
        follow(link)
    settings.SECRET_KEY_FALLBACKS = [old]
    follow(link)
    assert User.objects.get().may_sign_in
    with pytest.raises(InvalidLinkError):
        follow(link)


@pytest.mark.parametrize(
    ("send", "change"),
    [
        (reset_link, lambda _: User.objects.update(last_login=timezone.now())),
        (reset_link, reset_link),
        (reset_link, move),
        (verification_link, move),
        (reset_link, staff.deactivate),
        (verification_link, staff.deactivate),
    ],
)
def test_link_ends_when_the_account_changes(
    newcomer: User, send: Callable[[User], Link], change: Callable[[User], object]
) -> None:
    link = send(newcomer)
    change(newcomer)
    with pytest.raises(InvalidLinkError):
        follow(link)


@pytest.mark.parametrize(
    "change",
    [
        *({"uid": uid} for uid in ("!", "", "AAAA", "_w")),
        *({"token": token} for token in ("x", "a-b", "", "a.b.c", "é" * 50)),
    ],
)
def test_made_up_link_or_anothers_is_invalid(user: User, newcomer: User, change: Link) -> None:
    for link in (reset_link(user), verification_link(newcomer)):
        if change.keys() <= link.keys():
            with pytest.raises(InvalidLinkError):
                follow(link | change)
    with pytest.raises(InvalidLinkError):
        follow(reset_link(user) | {"token": reset_link(newcomer)["token"]})


@pytest.mark.parametrize("meanwhile", [NEW_PASSWORD, None])
def test_reset_link_used_up_before_its_form_is_sent_sets_nothing(
    user: User, meanwhile: str | None
) -> None:
    first = email_links.user_of_password_reset(**reset_link(user))
    second = User.objects.get()
    if meanwhile:
        passwords.reset(first, meanwhile, client=HERE)
    else:
        staff.deactivate(first)

    with pytest.raises(InvalidLinkError):
        passwords.reset(second, "a bus to the harbour", client=HERE)

    assert User.objects.get().check_password(meanwhile or PASSWORD)


def test_verification_link_used_up_meanwhile_changes_nothing(
    newcomer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = verification_link(newcomer)
    found = email_links.user_and_email_of_verification(link["token"])
    follow(link)
    first = User.objects.get().email_verified_at
    monkeypatch.setattr(email_links, "user_and_email_of_verification", lambda _: found)

    with pytest.raises(InvalidLinkError):
        follow(link)

    assert User.objects.get().email_verified_at == first


@pytest.mark.django_db(transaction=True)
def test_reset_that_fails_leaves_the_link_valid(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = reset_link(user)
    with pytest.raises(ValidationError):
        follow(link, "short")
    with monkeypatch.context() as patch:
        patch.setattr(passwords, "change", Mock(side_effect=LookupError))
        with pytest.raises(LookupError):
            follow(link)
    follow(link)
    assert User.objects.get().check_password(NEW_PASSWORD)


def test_reset_ends_every_sign_in_and_confirms_the_email(user: User, start: Start) -> None:
    start(user)
    User.objects.update(email_verified_at=None)

    passwords.reset(User.objects.get(), NEW_PASSWORD, client=HERE)

    assert not sign_ins.live(user).exists()
    assert User.objects.get().may_sign_in


def test_email_change_moves_the_account_when_confirmed_and_notifies(user: User) -> None:
    email_change.request(user, " New@example.com", client=HERE)
    assert receivers() == ["new@example.com"]
    assert User.objects.get().email == "ada@example.com"

    follow(mailed_link("verify_email"))

    assert User.objects.get().email == "new@example.com"
    assert receivers() == ["new@example.com", "ada@example.com"]
    assert "n…@example.com" in str(mail.outbox[-1].body)


def test_email_change_to_a_taken_address_fails_and_notifies_only_its_owner(
    user: User, newcomer: User
) -> None:
    email_change.request(user, newcomer.email.upper(), client=HERE)
    assert receivers() == [newcomer.email]
    assert settings.MAIL_LINK_ORIGIN + "/" not in str(mail.outbox[-1].body)
    # Or it is taken before the link is followed.
    email_change.request(user, "new@example.com", client=HERE)
    User.objects.create_user("new@example.com")
    with pytest.raises(InvalidLinkError):
        follow(mailed_link("verify_email"))


def test_email_change_of_an_account_that_changes_meanwhile_fails(
    user: User, waiting: Waiting
) -> None:
    """C09: also if the password changes before the email is sent."""
    email_change.request(user, "new@example.com", client=HERE)
    passwords.change(User.objects.get(), NEW_PASSWORD)
    waiting.finish()

    with pytest.raises(InvalidLinkError):
        follow(mailed_link("verify_email"))


@pytest.mark.usefixtures("low_limits")
def test_resets_count_for_the_mailbox_in_any_spelling_and_for_the_network(user: User) -> None:
    """C03."""
    for email in ("A@bücher.example", "a@xn--bcher-kva.example"):
        assert may_reset(email)
    assert not allows(passwords.request_reset, "ａ@BÜCHER.example", client=PHONE)
    assert may_reset("0@example.com")
    assert may_reset(user.email)
    assert not may_reset("1@example.com")

    assert receivers() == [user.email]


@pytest.mark.usefixtures("low_limits")
def test_known_user_gets_emails_where_others_exhausted_the_limit(
    user: User, other: User, start: Start
) -> None:
    """D01: emails of a signed-in user count for that user instead of the network."""
    start(user)
    assert [may_reset(f"{number}@example.com") for number in range(5)] == [True] * 4 + [False]

    assert not may_reset(other.email)
    assert [may_reset(user.email) for _ in range(3)] == [True, True, False]
    for number in range(4):
        email_change.request(user, f"new{number}@example.com", client=HERE)
    assert not allows(email_change.request, user, "new4@example.com", client=PHONE)
    email_change.request(other, "new5@example.com", client=HERE)
    assert len(receivers()) == 2 + 4 + 1
