import pytest
from django.contrib.auth.password_validation import (
    password_validators_help_texts,
    validate_password,
)
from django.core import mail
from django.core.exceptions import ValidationError

from accounts.models import User
from accounts.services import passwords, sign_ins
from tests.conftest import HERE, PASSWORD
from web.client_info import ClientInfo

NEW = "a train to the mountains"


@pytest.mark.parametrize("password", ["short", "x" * 11, "x" * 129, "adaadaada@example.com"])
def test_passwords_that_break_a_rule(password: str) -> None:
    with pytest.raises(ValidationError):
        validate_password(password, User(email="adaadaada@example.com"))


@pytest.mark.parametrize(
    "password",
    ["k" * 64, "y" * 128, "314159265358979", " spaces around ", "пароль с пробелом", "🔑" * 12],
)
def test_passwords_that_break_none(password: str) -> None:
    validate_password(password, User(email="ada@example.com"))


def test_the_longest_length_is_told() -> None:
    assert "Your password can have at most 128 characters." in password_validators_help_texts()


def test_a_change_keeps_one_sign_in_ends_the_others_and_is_told(user: User, kind: str) -> None:
    here, there = (
        sign_ins.start(user, kind, name, client=ClientInfo(None, "")) for name in ("a", "b")
    )
    user.current_sign_in_id = here.pk
    passwords.change(user, NEW)
    assert [row.pk for row in sign_ins.live(user)] == [here.pk]
    assert sign_ins.find_live(there.pk) is None
    assert user.check_password(NEW)
    assert [message.to for message in mail.outbox] == [[user.email]]


def test_a_reset_ends_every_sign_in_and_confirms_the_address(user: User, kind: str) -> None:
    sign_ins.start(user, kind, "a", client=ClientInfo(None, ""))
    user.email_verified_at = None
    user.save()
    user.refresh_from_db()
    passwords.reset(user, NEW, client=HERE)
    assert not sign_ins.live(user).exists()
    assert user.may_sign_in


def shut(user: User) -> None:
    user.is_active = False
    user.save()


def take_password(user: User) -> None:
    user.set_unusable_password()
    user.save()


def test_a_reset_link_is_mailed(user: User) -> None:
    passwords.request_reset("ADA@example.com", client=HERE)
    assert [message.to for message in mail.outbox] == [["ada@example.com"]]


@pytest.mark.parametrize("change", [shut, take_password])
def test_no_reset_link_for_an_account_that_cannot_use_it(user: User, change: object) -> None:
    change(user)  # type: ignore[operator]
    passwords.request_reset(user.email, client=HERE)
    passwords.request_reset("nobody@example.com", client=HERE)
    assert mail.outbox == []


def test_an_invited_user_can_ask_for_another_link(db: None) -> None:
    user = User.objects.create_user("grace@example.com")
    passwords.request_reset(user.email, client=HERE)
    assert len(mail.outbox) == 1


def test_the_old_password_opens_nothing_any_more(user: User) -> None:
    passwords.change(user, NEW)
    assert not User.objects.get().check_password(PASSWORD)
