"""A new hash of the same password, and a new password."""

import asyncio
from typing import Any

import pytest
from django.contrib.auth import hashers
from django.contrib.auth.hashers import PBKDF2PasswordHasher, make_password
from pytest_django import Settings

from accounts.models import User
from accounts.services import sign_ins
from tests.conftest import HERE, PASSWORD

NEW = "the tide comes in at six"


class NewHasher(PBKDF2PasswordHasher):
    """A hasher that a deployment prefers to the one before, and that takes no time."""

    algorithm = "new"
    iterations = 1


@pytest.fixture
def old_hash(user: User, settings: Settings) -> User:
    """The user, with a hash of a hasher that is no longer preferred."""
    settings.PASSWORD_HASHERS = [f"{__name__}.NewHasher", *settings.PASSWORD_HASHERS]
    return user


def test_a_right_password_upgrades_its_hash(old_hash: User) -> None:
    assert old_hash.check_password(PASSWORD)

    stored = User.objects.get().password
    assert stored == old_hash.password
    assert stored.startswith("new$")
    assert User.objects.get().check_password(PASSWORD)


def test_a_wrong_password_upgrades_nothing(old_hash: User) -> None:
    before = old_hash.password

    assert not old_hash.check_password(NEW)

    assert User.objects.get().password == old_hash.password == before


def test_an_upgrade_is_no_new_password(old_hash: User, kind: str) -> None:
    """A08: saving the user afterwards ends nothing either."""
    sign_ins.start(old_hash, kind, "a", client=HERE)

    old_hash.check_password(PASSWORD)
    old_hash.save()

    assert sign_ins.live(old_hash).count() == 1


def during_upgrade(monkeypatch: pytest.MonkeyPatch, password: str) -> None:
    """Have another request store a password after the check and before the upgrade."""
    genuine = hashers.check_password

    def check(raw: str, encoded: str, setter: Any = None) -> bool:
        def late(raw: str) -> None:
            User.objects.update(password=make_password(password))
            setter(raw)

        return genuine(raw, encoded, setter=late if setter else None)

    monkeypatch.setattr(hashers, "check_password", check)


def test_an_upgrade_does_not_bring_back_a_password_that_was_changed(
    old_hash: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A08: a sign-in with the old password, while its owner changes it."""
    during_upgrade(monkeypatch, NEW)

    assert not old_hash.check_password(PASSWORD)

    assert User.objects.get().check_password(NEW)


def test_two_upgrades_of_one_hash_both_find_the_password_right(
    old_hash: User, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    during_upgrade(monkeypatch, PASSWORD)

    assert old_hash.check_password(PASSWORD)

    assert old_hash.password == User.objects.get().password
    assert sign_ins.start(old_hash, kind, "a", client=HERE)


def test_asynchronous_code_checks_alike(user: User) -> None:
    assert asyncio.run(user.acheck_password(PASSWORD))
    assert not asyncio.run(user.acheck_password(NEW))


@pytest.mark.parametrize("fields", [None, ["password"]])
def test_a_hash_that_code_assigns_is_a_new_password(
    user: User, kind: str, fields: list[str] | None
) -> None:
    """A04: an import or a view may assign the hash instead of using set_password()."""
    sign_ins.start(user, kind, "a", client=HERE)

    user.password = make_password(NEW)
    user.save(update_fields=fields)

    assert not sign_ins.live(user).exists()


def test_a_user_who_is_not_saved_is_checked_alike(old_hash: User) -> None:
    unsaved = User(password=old_hash.password)

    assert unsaved.check_password(PASSWORD)
    assert not unsaved.check_password(NEW)


def test_a_user_who_is_deleted_during_the_check_is_refused(old_hash: User) -> None:
    User.objects.all().delete()

    assert not old_hash.check_password(PASSWORD)
