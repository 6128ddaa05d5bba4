"""Upgrades of password hashes."""

import asyncio
from typing import Any

import pytest
from django.contrib.auth import hashers
from django.contrib.auth.hashers import PBKDF2PasswordHasher, make_password
from pytest_django import Settings

from accounts.hashers import Argon2idPasswordHasher
from accounts.models import User
from accounts.services import authentication, sign_ins
from tests.accounts.conftest import NEW_PASSWORD, Start
from tests.conftest import HERE, PASSWORD


class NewHasher(PBKDF2PasswordHasher):
    """A hasher that a deployment prefers to the one before, and that takes no time."""

    algorithm = "new"
    iterations = 1


@pytest.fixture
def old_hash(user: User, settings: Settings) -> User:
    """The user, with a hash of a hasher that is no longer preferred."""
    settings.PASSWORD_HASHERS = [f"{__name__}.NewHasher", *settings.PASSWORD_HASHERS]
    return user


def test_passwords_are_hashed_with_argon2id() -> None:
    encoded = Argon2idPasswordHasher().encode(PASSWORD, "a salt of some length")
    assert encoded.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")


def test_correct_password_upgrades_its_hash_and_ends_no_sign_in(
    old_hash: User, start: Start
) -> None:
    """A08: saving the user afterwards ends nothing either."""
    start(old_hash)

    found = authentication.authenticate(old_hash.email, PASSWORD, client=HERE)

    assert found == old_hash
    found.save()
    assert found.password == User.objects.get().password
    assert found.password.startswith("new$")
    assert found.check_password(PASSWORD)
    assert sign_ins.live(old_hash).count() == 1


def test_wrong_password_upgrades_nothing(old_hash: User) -> None:
    before = old_hash.password
    assert not old_hash.check_password(NEW_PASSWORD)
    assert User.objects.get().password == old_hash.password == before


@pytest.mark.parametrize(("meanwhile", "correct"), [(NEW_PASSWORD, False), (PASSWORD, True)])
def test_upgrade_keeps_a_hash_that_was_stored_during_the_check(
    old_hash: User, start: Start, monkeypatch: pytest.MonkeyPatch, meanwhile: str, correct: bool
) -> None:
    """A08: another request changed the password or upgraded its hash."""
    genuine = hashers.check_password

    def check(raw: str, encoded: str, setter: Any = None) -> bool:
        def late(raw: str) -> None:
            User.objects.update(password=make_password(meanwhile))
            setter(raw)

        return genuine(raw, encoded, setter=late if setter else None)

    monkeypatch.setattr(hashers, "check_password", check)

    assert old_hash.check_password(PASSWORD) is correct

    assert User.objects.get().check_password(meanwhile)
    if correct:
        assert old_hash.password == User.objects.get().password
        assert start(old_hash)


def test_asynchronous_check_gives_the_same_result(user: User) -> None:
    assert asyncio.run(user.acheck_password(PASSWORD))
    assert not asyncio.run(user.acheck_password(NEW_PASSWORD))


def test_check_of_an_unsaved_user_gives_the_same_result(old_hash: User) -> None:
    unsaved = User(password=old_hash.password)
    assert unsaved.check_password(PASSWORD)
    assert not unsaved.check_password(NEW_PASSWORD)


def test_user_deleted_during_the_check_is_refused(old_hash: User) -> None:
    User.objects.all().delete()
    assert not old_hash.check_password(PASSWORD)
