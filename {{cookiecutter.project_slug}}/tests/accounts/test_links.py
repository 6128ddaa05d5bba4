import re
from collections.abc import Callable
from datetime import timedelta

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
from tests.conftest import HERE, PASSWORD

SECOND = timedelta(seconds=1)


def parts_of(name: str) -> dict[str, str]:
    """Return the parts of the link in the newest mail."""
    pattern = re.escape(settings.MAIL_LINK_ORIGIN + settings.MAIL_LINK_PATHS[name])
    for part in ("uid", "token"):
        pattern = pattern.replace(re.escape("{" + part + "}"), rf"(?P<{part}>[^\s/&]+)")
    found = re.search(pattern, str(mail.outbox[-1].body))
    assert found, mail.outbox[-1].body
    return found.groupdict()


def reset_link(user: User) -> dict[str, str]:
    passwords.request_reset(user.email, client=HERE)
    return parts_of("password_reset")


def verification_token(user: User) -> str:
    verification.send_link(user)
    return parts_of("verify_email")["token"]


@pytest.fixture
def newcomer(db: None) -> User:
    return User.objects.create_user("grace@example.com", "a password of some length")


def test_a_reset_link_names_its_user_once(user: User) -> None:
    link = reset_link(user)
    found = email_links.user_of_password_reset(**link)
    assert found == user
    passwords.reset(found, "a train to the mountains", client=HERE)
    with pytest.raises(email_links.InvalidLinkError):
        email_links.user_of_password_reset(**link)


@pytest.mark.parametrize("meanwhile", ["a train to the mountains", None])
def test_a_reset_link_that_is_used_up_before_its_form_is_sent_sets_nothing(
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

    user.refresh_from_db()
    assert user.check_password(meanwhile or PASSWORD)


def test_a_confirmation_that_is_used_up_meanwhile_changes_nothing(
    newcomer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = verification_token(newcomer)
    found = email_links.user_and_email_of_verification(token)
    verification.verify(token, client=HERE)
    first = User.objects.get().email_verified_at
    monkeypatch.setattr(email_links, "user_and_email_of_verification", lambda _: found)

    with pytest.raises(email_links.InvalidLinkError):
        verification.verify(token, client=HERE)

    assert User.objects.get().email_verified_at == first


def log_in(user: User) -> None:
    user.last_login = timezone.now()
    user.save()


def move(user: User) -> None:
    user.email = "elsewhere@example.com"
    user.save()


def shut(user: User) -> None:
    user.is_active = False
    user.save()


def ask_again(user: User) -> None:
    passwords.request_reset(user.email, client=HERE)


@pytest.mark.parametrize("change", [log_in, move, shut, ask_again])
def test_a_reset_link_ends_when_the_account_changes(
    user: User, change: Callable[[User], None]
) -> None:
    link = reset_link(user)
    change(user)
    with pytest.raises(email_links.InvalidLinkError):
        email_links.user_of_password_reset(**link)


@pytest.mark.parametrize(
    "change",
    [{"uid": "!"}, {"uid": ""}, {"uid": "AAAA"}, {"uid": "_w"}, {"token": "x"}, {"token": "a-b"}],
)
def test_a_reset_link_cannot_be_made_up(user: User, change: dict[str, str]) -> None:
    with pytest.raises(email_links.InvalidLinkError):
        email_links.user_of_password_reset(**(reset_link(user) | change))


def test_a_reset_link_of_one_user_is_none_of_another(user: User, newcomer: User) -> None:
    mine, theirs = reset_link(user), reset_link(newcomer)
    with pytest.raises(email_links.InvalidLinkError):
        email_links.user_of_password_reset(mine["uid"], theirs["token"])


@pytest.mark.parametrize(("late", "is_good"), [(-SECOND, True), (SECOND, False)])
def test_a_reset_link_lasts_as_long_as_the_settings_say(
    user: User, late: timedelta, is_good: bool
) -> None:
    now = timezone.now()
    with time_machine.travel(now, tick=False) as clock:
        link = reset_link(user)
        clock.move_to(now + timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT) + late)
        if is_good:
            assert email_links.user_of_password_reset(**link) == user
        else:
            with pytest.raises(email_links.InvalidLinkError):
                email_links.user_of_password_reset(**link)


def test_a_verification_link_confirms_once(newcomer: User) -> None:
    token = verification_token(newcomer)
    verification.verify(token, client=HERE)
    newcomer.refresh_from_db()
    assert newcomer.may_sign_in
    with pytest.raises(email_links.InvalidLinkError):
        verification.verify(token, client=HERE)


@pytest.mark.parametrize(("late", "is_good"), [(timedelta(0), True), (SECOND, False)])
def test_a_verification_link_lasts_as_long_as_the_settings_say(
    newcomer: User, late: timedelta, is_good: bool
) -> None:
    now = timezone.now().replace(microsecond=0)
    with time_machine.travel(now, tick=False) as clock:
        token = verification_token(newcomer)
        clock.move_to(now + timedelta(seconds=settings.EMAIL_LINK_TIMEOUT) + late)
        if is_good:
            verification.verify(token, client=HERE)
        else:
            with pytest.raises(email_links.InvalidLinkError):
                verification.verify(token, client=HERE)


def test_links_survive_the_rotation_of_the_secret_key(
    newcomer: User, user: User, settings: Settings
) -> None:
    """A07: as sessions do."""
    token, link = verification_token(newcomer), reset_link(user)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "y" * 60
    passwords.reset_with_link(**link, new_password="a train to the mountains", client=HERE)
    verification.verify(token, client=HERE)
    newcomer.refresh_from_db()
    assert newcomer.may_sign_in


def test_links_end_with_their_secret_key(newcomer: User, user: User, settings: Settings) -> None:
    """A07: the old key is not in `SECRET_KEY_FALLBACKS` any more."""
    token, link = verification_token(newcomer), reset_link(user)
    settings.SECRET_KEY = "y" * 60
    with pytest.raises(email_links.InvalidLinkError):
        passwords.reset_with_link(**link, new_password="a train to the mountains", client=HERE)
    with pytest.raises(email_links.InvalidLinkError):
        verification.verify(token, client=HERE)


def test_a_password_that_breaks_a_rule_leaves_the_reset_link_valid(user: User) -> None:
    link = reset_link(user)
    with pytest.raises(ValidationError):
        passwords.reset_with_link(**link, new_password="short", client=HERE)
    passwords.reset_with_link(**link, new_password="a train to the mountains", client=HERE)
    assert User.objects.get().check_password("a train to the mountains")


@pytest.mark.django_db(transaction=True)
def test_a_reset_that_fails_halfway_leaves_the_link_valid(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = reset_link(user)

    def fail(*_: object) -> None:
        raise LookupError

    with monkeypatch.context() as patch:
        patch.setattr(passwords, "change", fail)
        with pytest.raises(LookupError):
            passwords.reset_with_link(**link, new_password="a train to the sea", client=HERE)
    passwords.reset_with_link(**link, new_password="a train to the sea", client=HERE)
    assert User.objects.get().check_password("a train to the sea")


@pytest.mark.parametrize("change", [move, shut])
def test_a_verification_link_ends_when_the_account_changes(
    newcomer: User, change: Callable[[User], None]
) -> None:
    token = verification_token(newcomer)
    change(newcomer)
    with pytest.raises(email_links.InvalidLinkError):
        verification.verify(token, client=HERE)


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "..", "é" * 50])
def test_a_verification_link_cannot_be_made_up(db: None, token: str) -> None:
    with pytest.raises(email_links.InvalidLinkError):
        verification.verify(token, client=HERE)


def test_a_verification_link_is_sent_again_to_those_who_wait_for_it(
    user: User, newcomer: User
) -> None:
    for email in (user.email, "nobody@example.com", newcomer.email):
        verification.resend(email, client=HERE)
    assert [message.to for message in mail.outbox] == [[newcomer.email]]


def test_an_account_moves_when_the_new_address_is_confirmed(user: User) -> None:
    email_change.request(user, " New@example.com", client=HERE)
    token = parts_of("verify_email")["token"]
    assert mail.outbox[-1].to == ["new@example.com"]
    assert User.objects.get().email == "ada@example.com"
    verification.verify(token, client=HERE)
    assert User.objects.get().email == "new@example.com"
    assert mail.outbox[-1].to == ["ada@example.com"]
    assert "n…@example.com" in str(mail.outbox[-1].body)


def test_moving_to_a_taken_address_tells_its_owner_only(user: User, newcomer: User) -> None:
    email_change.request(user, newcomer.email.upper(), client=HERE)
    assert [message.to for message in mail.outbox] == [[newcomer.email]]
    assert settings.MAIL_LINK_ORIGIN + "/" not in str(mail.outbox[-1].body)


def test_an_address_taken_meanwhile_is_not_moved_to(user: User) -> None:
    email_change.request(user, "new@example.com", client=HERE)
    token = parts_of("verify_email")["token"]
    User.objects.create_user("new@example.com")
    with pytest.raises(email_links.InvalidLinkError):
        verification.verify(token, client=HERE)


def test_links_start_with_the_configured_origin(user: User, newcomer: User) -> None:
    assert email_links.password_reset_link(user).startswith(f"{settings.MAIL_LINK_ORIGIN}/")
    assert email_links.verification_link(newcomer, newcomer.email).startswith("https://")
