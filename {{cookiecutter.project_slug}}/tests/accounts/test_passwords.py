"""Passwords: their rules, checks and hashes, and when users last entered theirs."""

import asyncio
from collections.abc import Callable, Iterator
from unittest.mock import Mock

import pytest
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import (
    password_validators_help_texts,
    validate_password,
)
from django.core import mail
from django.core.exceptions import ValidationError
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings
from time_machine import TimeMachineFixture

from accounts.backends import VerifiedEmailBackend
from accounts.models import SignIn, User
from accounts.password_validation import CommonPiecesValidator
from accounts.services import authentication, passwords, sign_ins, staff
from accounts.services.rate_limits import RateLimitExceededError
from accounts.services.sign_ins import SignInRefusedError
from accounts.signals import sign_in_starting
from tests.accounts.conftest import KIND, NEW_PASSWORD, Start
from tests.conftest import HERE, PASSWORD, REQUEST

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


@pytest.fixture
def old_hash(user: User, settings: Settings) -> User:
    """The user, with a hash of a hasher that is no longer preferred."""
    better = "accounts.hashers.Argon2idPasswordHasher"
    settings.PASSWORD_HASHERS = [better, *settings.PASSWORD_HASHERS]
    return user


@pytest.mark.parametrize("known", [False, True], ids=["new network", "known network"])
def test_correct_password_succeeds(user: User, start: Start, known: bool) -> None:
    if known:
        start(user)
    assert authentication.is_known(user.email, HERE) is known
    assert authentication.authenticate(user.email, PASSWORD, client=HERE) == user
    assert authentication.reauthenticate(user, PASSWORD, client=HERE)
    assert not authentication.reauthenticate(user, "wrong", client=HERE)


@pytest.mark.parametrize("password", ["", "wrong", PASSWORD.upper(), f"{PASSWORD} ", "x" * 5000])
def test_wrong_password_fails(user: User, password: str) -> None:
    assert authentication.authenticate(user.email, password, client=HERE) is None
    assert not authentication.reauthenticate(user, password, client=HERE)


@pytest.mark.parametrize(
    "change",
    [
        staff.deactivate,
        lambda _: User.objects.update(email_verified_at=None),
        lambda _: User.objects.update(password=make_password(None)),
    ],
    ids=["inactive", "unconfirmed", "without a password"],
)
def test_correct_password_of_an_account_that_may_not_sign_in_fails(
    user: User, change: Callable[[User], object]
) -> None:
    change(user)
    assert authentication.authenticate(user.email, PASSWORD, client=HERE) is None


def test_backend_without_a_password_finds_no_user(user: User) -> None:
    assert VerifiedEmailBackend().authenticate(REQUEST, username=user.email) is None


def test_correct_password_upgrades_its_hash_and_ends_no_sign_in(
    old_hash: User, start: Start
) -> None:
    """A08: saving the user afterwards ends nothing either."""
    start(old_hash)
    before = old_hash.password
    assert not old_hash.check_password(NEW_PASSWORD)
    assert User.objects.get().password == old_hash.password == before

    found = authentication.authenticate(old_hash.email, PASSWORD, client=HERE)

    assert found == old_hash
    found.save()
    assert found.password == User.objects.get().password
    assert found.password.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
    assert found.check_password(PASSWORD)
    assert sign_ins.live(old_hash).count() == 1


def test_asynchronous_check_gives_the_same_result(user: User) -> None:
    assert asyncio.run(user.acheck_password(PASSWORD))
    assert not asyncio.run(user.acheck_password(NEW_PASSWORD))


def test_check_of_a_user_without_a_row_upgrades_nothing(old_hash: User) -> None:
    unsaved = User(password=old_hash.password)
    assert unsaved.check_password(PASSWORD)
    assert not unsaved.check_password(NEW_PASSWORD)
    User.objects.all().delete()
    assert not old_hash.check_password(PASSWORD)


@pytest.fixture
def receiver() -> Iterator[Mock]:
    """A receiver of a project, which can refuse sign-ins."""
    connected = Mock()
    sign_in_starting.connect(connected)
    yield connected
    sign_in_starting.disconnect(connected)


def authenticate() -> User | None:
    return authentication.authenticate("ada@example.com", PASSWORD, client=HERE)


def test_sign_in_stores_how_and_when_its_user_authenticated(user: User, receiver: Mock) -> None:
    found = authenticate()
    assert found is not None
    sign_in = sign_ins.start(found, KIND, "x", client=HERE)

    assert [tuple(call.kwargs["methods"]) for call in receiver.mock_calls] == [("pwd",)] * 2
    assert sign_in.methods == "pwd"
    assert sign_in.authenticated_at == sign_in.created_at
    assert sign_ins.start(user, KIND, "y", client=HERE).methods == ""


def test_receiver_prevents_a_sign_in_by_any_way(user: User, receiver: Mock) -> None:
    receiver.side_effect = SignInRefusedError()

    assert authenticate() is None
    with pytest.raises(SignInRefusedError):
        sign_ins.start(user, KIND, "x", client=HERE)
    assert not SignIn.objects.exists()
    user.refresh_from_db()
    assert user.last_login is None


def test_attempt_that_a_receiver_refuses_counts_as_a_wrong_password(
    user: User, receiver: Mock, settings: Settings
) -> None:
    """Otherwise, only the correct password would never reach the rate limit."""
    receiver.side_effect = SignInRefusedError()
    attempts, _ = settings.RATE_LIMITS["account_and_ip"]
    for _ in range(attempts):
        authenticate()

    with pytest.raises(RateLimitExceededError):
        authenticate()


def test_other_errors_of_a_receiver_propagate(user: User, receiver: Mock) -> None:
    receiver.side_effect = LookupError()

    with pytest.raises(LookupError):
        authenticate()
    receiver.side_effect = None
    assert authenticate() == user


def test_reauthentication_is_recent_until_the_maximum_age(
    user: User,
    settings: Settings,
    clock: TimeMachineFixture,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    sign_in = sign_ins.start(user, KIND, "x", client=HERE)
    other = sign_ins.start(user, KIND, "y", client=HERE)
    clock.shift(3600)
    user.current_sign_in_id, user.authenticated_at = sign_in.pk, sign_in.authenticated_at
    assert not authentication.is_recent(user)
    assert not authentication.reauthenticate(user, "wrong", client=HERE)
    assert not authentication.is_recent(user)

    assert authentication.reauthenticate(user, PASSWORD, client=HERE)

    ages = dict(SignIn.objects.values_list("pk", "authenticated_at"))
    assert ages == {sign_in.pk: timezone.now(), other.pk: other.authenticated_at}
    for seconds, recent in ((settings.REAUTHENTICATION_MAX_AGE - 1, True), (1, False)):
        clock.shift(seconds)
        with django_assert_num_queries(0):
            assert authentication.is_recent(user) is recent


def test_user_outside_of_a_request_is_not_recently_authenticated(user: User) -> None:
    assert authentication.reauthenticate(user, PASSWORD, client=HERE)
    assert authentication.is_recent(user)
    assert not authentication.is_recent(User())
