"""Rules for passwords, and the effect of a new one."""

import pytest
from django.contrib.auth.password_validation import (
    password_validators_help_texts,
    validate_password,
)
from django.core import mail
from django.core.exceptions import ValidationError

from accounts.models import User
from accounts.password_validation import CommonPiecesValidator
from accounts.services import passwords, sign_ins
from tests.accounts.conftest import NEW_PASSWORD, Start
from tests.conftest import PASSWORD

RULE = CommonPiecesValidator(own_words=["Lighthouse"])


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("x" * 11, "password_too_short"),
        ("kQz7wLp!" * 17, "password_too_long"),
        ("adaadaada@example.com", "password_too_similar"),
        ("Password1234!", "password_too_common"),
    ],
)
def test_password_that_breaks_a_rule_is_rejected(password: str, code: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        validate_password(password, User(email="adaadaada@example.com"))
    assert code in {error.code for error in refusal.value.error_list}


@pytest.mark.parametrize(
    "password",
    [
        *("password1234", "Password1234!", "PASSWORDPASSWORD", "passwordqwerty", "p@ssw0rd2026"),
        *("1q2w3e4r5t6y", "Summer2026!!!", "!!!!dragon1990", "iloveyou4ever", "123123123123"),
        *("aaaaaaaaaaaa", "123456789012", "zyxwvutsrqpo", "abcdefgh1234", "............"),
        *("lighthouse2026", "L1ghthouse-admin", "passwordpassword", ""),
    ],
)
def test_password_made_of_common_pieces_is_rejected(password: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        RULE.validate(password)
    assert refusal.value.code == "password_too_common"


@pytest.mark.parametrize(
    "password",
    [
        *(PASSWORD, "summer by the sea", "correct horse battery staple", " spaces around "),
        *("vZ8#qLw2!tRk", "kofferwortspiel", "Donaudampfschiff", "xxxxxkQz7wLp"),
        *("837461920571 x 4", "314159265358979", "27182818284590452353"),
        *("пароль с пробелом", "Ünïcödé pässwörd", "emoji 🦊 in a box of tea", "🔑" * 12),
        *("x" * 64, "y" * 128, "pass" * 32, "aB1!" * 32),
    ],
)
def test_other_password_is_accepted(password: str) -> None:
    RULE.validate(password)
    validate_password(password, User(email="ada@example.com"))


def test_rules_are_explained() -> None:
    help_texts = password_validators_help_texts()
    assert RULE.get_help_text() in help_texts
    assert "Your password can have at most 128 characters." in help_texts


def test_change_keeps_one_sign_in_ends_the_others_and_notifies(user: User, start: Start) -> None:
    here, there = start(user), start(user)
    user.current_sign_in_id = here.pk

    passwords.change(user, NEW_PASSWORD)

    assert list(sign_ins.live(user)) == [here]
    assert sign_ins.find_live(there.pk) is None
    assert User.objects.get().check_password(NEW_PASSWORD)
    assert [message.to for message in mail.outbox] == [[user.email]]
