"""Checks of passwords, and upgrades of their hashes."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import hashers
from django.contrib.auth.hashers import make_password
from pytest_django import Settings

from accounts.backends import VerifiedEmailBackend
from accounts.models import User
from accounts.services import authentication, sign_ins, staff
from tests.accounts.conftest import NEW_PASSWORD, Start
from tests.conftest import HERE, PASSWORD, REQUEST


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


def test_check_of_a_user_without_a_row_upgrades_nothing(old_hash: User) -> None:
    unsaved = User(password=old_hash.password)
    assert unsaved.check_password(PASSWORD)
    assert not unsaved.check_password(NEW_PASSWORD)
    User.objects.all().delete()
    assert not old_hash.check_password(PASSWORD)
