"""Links in emails, and requests that send them."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

import pytest
import time_machine
from django.conf import settings
from django.core import mail
from django.core.exceptions import ValidationError
from django.utils import timezone
from pytest_django import Settings

from accounts import email_links
from accounts.models import User
from accounts.services import email_change, passwords, staff, verification
from tests.accounts.conftest import NEW_PASSWORD
from tests.conftest import HERE, PASSWORD

BOTH = ("password_reset", "verify_email")


class Link(NamedTuple):
    """A link in an email."""

    parts: dict[str, str]
    follow: Callable[[], None]
    timeout: int


def parts_of(name: str) -> dict[str, str]:
    """Return the parts of the link in the newest email."""
    pattern = re.escape(settings.MAIL_LINK_ORIGIN + settings.MAIL_LINK_PATHS[name])
    for part in ("uid", "token"):
        pattern = pattern.replace(re.escape("{" + part + "}"), rf"(?P<{part}>[^\s/&]+)")
    found = re.search(pattern, str(mail.outbox[-1].body))
    assert found, mail.outbox[-1].body
    return found.groupdict()


def reset_link(user: User) -> dict[str, str]:
    passwords.request_reset(user.email, client=HERE)
    return parts_of("password_reset")


def reset(link: dict[str, str], password: str = NEW_PASSWORD) -> None:
    passwords.reset_with_link(**link, new_password=password, client=HERE)


@pytest.fixture
def newcomer(db: None) -> User:
    """A user whose email address is not confirmed."""
    return User.objects.create_user("grace@example.com", PASSWORD)


@pytest.fixture
def link(
    request: pytest.FixtureRequest,
    newcomer: User,
    now: datetime,
    time_machine: time_machine.TimeMachineFixture,
) -> Link:
    """A link that the newcomer has got now, of the kind that the test names."""
    time_machine.move_to(now, tick=False)
    if request.param == "password_reset":
        parts = reset_link(newcomer)
        return Link(parts, lambda: reset(parts), settings.PASSWORD_RESET_TIMEOUT)
    verification.send_link(newcomer)
    parts = parts_of("verify_email")
    token = parts["token"]
    return Link(
        parts, lambda: verification.verify(token, client=HERE), settings.EMAIL_LINK_TIMEOUT
    )


@pytest.mark.parametrize("link", BOTH, indirect=True)
def test_link_confirms_the_email_once(newcomer: User, link: Link) -> None:
    link.follow()
    newcomer.refresh_from_db()
    assert newcomer.may_sign_in
    with pytest.raises(email_links.InvalidLinkError):
        link.follow()


@pytest.mark.parametrize("link", BOTH, indirect=True)
def test_link_lasts_as_long_as_the_settings_say(
    link: Link, now: datetime, time_machine: time_machine.TimeMachineFixture
) -> None:
    end = now + timedelta(seconds=link.timeout)
    time_machine.move_to(end + timedelta(seconds=1), tick=False)
    with pytest.raises(email_links.InvalidLinkError):
        link.follow()
    time_machine.move_to(end, tick=False)
    link.follow()


@pytest.mark.parametrize("link", BOTH, indirect=True)
def test_link_survives_the_rotation_of_the_secret_key(link: Link, settings: Settings) -> None:
    """A07: as long as the old key is in `SECRET_KEY_FALLBACKS`."""
    old, settings.SECRET_KEY = settings.SECRET_KEY, "y" * 60
    with pytest.raises(email_links.InvalidLinkError):
        link.follow()
    settings.SECRET_KEY_FALLBACKS = [old]
    link.follow()


def log_in(user: User) -> None:
    User.objects.filter(pk=user.pk).update(last_login=timezone.now())


def move(user: User) -> None:
    User.objects.filter(pk=user.pk).update(email="elsewhere@example.com")


@pytest.mark.parametrize(
    ("link", "change"),
    [
        ("password_reset", log_in),
        ("password_reset", reset_link),
        *((name, change) for name in BOTH for change in (move, staff.deactivate)),
    ],
    indirect=["link"],
)
def test_link_ends_when_the_account_changes(
    newcomer: User,
    link: Link,
    change: Callable[[User], object],
    time_machine: time_machine.TimeMachineFixture,
) -> None:
    time_machine.shift(1)
    change(newcomer)
    with pytest.raises(email_links.InvalidLinkError):
        link.follow()


@pytest.mark.parametrize(
    "change",
    [{"uid": "!"}, {"uid": ""}, {"uid": "AAAA"}, {"uid": "_w"}, {"token": "x"}, {"token": "a-b"}],
)
def test_made_up_reset_link_is_invalid(user: User, change: dict[str, str]) -> None:
    with pytest.raises(email_links.InvalidLinkError):
        reset(reset_link(user) | change)


@pytest.mark.parametrize("token", ["", "a.b.c", "é" * 50])
def test_made_up_verification_link_is_invalid(db: None, token: str) -> None:
    with pytest.raises(email_links.InvalidLinkError):
        verification.verify(token, client=HERE)


def test_reset_link_of_another_user_is_invalid(user: User, newcomer: User) -> None:
    with pytest.raises(email_links.InvalidLinkError):
        reset(reset_link(user) | {"token": reset_link(newcomer)["token"]})


@pytest.mark.parametrize("meanwhile", [NEW_PASSWORD, None])
def test_reset_link_used_up_before_its_form_is_sent_sets_nothing(
    user: User, meanwhile: str | None
) -> None:
    first = email_links.user_of_password_reset(**reset_link(user))
    second = User.objects.get(pk=first.pk)
    if meanwhile:
        passwords.reset(first, meanwhile, client=HERE)
    else:
        staff.deactivate(first)

    with pytest.raises(email_links.InvalidLinkError):
        passwords.reset(second, "a bus to the harbour", client=HERE)

    assert User.objects.get().check_password(meanwhile or PASSWORD)


@pytest.mark.parametrize("link", ["verify_email"], indirect=True)
def test_verification_link_used_up_meanwhile_changes_nothing(
    newcomer: User, link: Link, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = email_links.user_and_email_of_verification(**link.parts)
    link.follow()
    first = User.objects.get().email_verified_at
    monkeypatch.setattr(email_links, "user_and_email_of_verification", lambda _: found)

    with pytest.raises(email_links.InvalidLinkError):
        link.follow()

    assert User.objects.get().email_verified_at == first


@pytest.mark.django_db(transaction=True)
def test_reset_that_fails_leaves_the_link_valid(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise LookupError

    link = reset_link(user)
    with pytest.raises(ValidationError):
        reset(link, "short")
    with monkeypatch.context() as patch:
        patch.setattr(passwords, "change", fail)
        with pytest.raises(LookupError):
            reset(link)
    reset(link)
    assert User.objects.get().check_password(NEW_PASSWORD)


def test_email_change_moves_the_account_when_confirmed_and_notifies(user: User) -> None:
    email_change.request(user, " New@example.com", client=HERE)
    token = parts_of("verify_email")["token"]
    assert mail.outbox[-1].to == ["new@example.com"]
    assert User.objects.get().email == "ada@example.com"

    verification.verify(token, client=HERE)

    assert User.objects.get().email == "new@example.com"
    assert mail.outbox[-1].to == ["ada@example.com"]
    assert "n…@example.com" in str(mail.outbox[-1].body)


def test_email_change_to_a_taken_address_notifies_only_its_owner(
    user: User, newcomer: User
) -> None:
    email_change.request(user, newcomer.email.upper(), client=HERE)
    assert [message.to for message in mail.outbox] == [[newcomer.email]]
    assert settings.MAIL_LINK_ORIGIN + "/" not in str(mail.outbox[-1].body)


def test_email_change_to_an_address_taken_meanwhile_fails(user: User) -> None:
    email_change.request(user, "new@example.com", client=HERE)
    token = parts_of("verify_email")["token"]
    User.objects.create_user("new@example.com")
    with pytest.raises(email_links.InvalidLinkError):
        verification.verify(token, client=HERE)


def test_links_start_with_the_configured_origin(user: User) -> None:
    assert settings.MAIL_LINK_ORIGIN.startswith("https://")
    for link in (
        email_links.password_reset_link(user),
        email_links.verification_link(user, user.email),
    ):
        assert link.startswith(f"{settings.MAIL_LINK_ORIGIN}/")
