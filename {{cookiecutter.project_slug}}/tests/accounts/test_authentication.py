"""Zulip's rule for every way in: good credentials succeed, bad ones and shut accounts do not."""

import pytest
from django.contrib.auth.hashers import BasePasswordHasher, MD5PasswordHasher

from accounts.models import User
from accounts.services import authentication, staff
from tests.conftest import HERE, PASSWORD, REQUEST

pytestmark = pytest.mark.django_db


def shut(user: User) -> None:
    staff.deactivate(user)


def unconfirm(user: User) -> None:
    user.email_verified_at = None
    user.save()


def take_password(user: User) -> None:
    user.set_unusable_password()
    user.save()


def test_good_credentials_succeed(user: User) -> None:
    assert authentication.authenticate(user.email, PASSWORD, client=HERE) == user
    assert authentication.reauthenticate(user, PASSWORD, client=HERE)


@pytest.mark.parametrize("password", ["", "wrong", PASSWORD.upper(), f"{PASSWORD} ", "x" * 5000])
def test_a_wrong_password_fails(user: User, password: str) -> None:
    assert authentication.authenticate(user.email, password, client=HERE) is None
    assert not authentication.reauthenticate(user, password, client=HERE)


@pytest.mark.parametrize("change", [shut, unconfirm, take_password])
def test_the_right_password_of_an_account_that_may_not_sign_in_fails(
    user: User, change: "type[object]"
) -> None:
    change(user)  # type: ignore[call-arg]
    assert authentication.authenticate(user.email, PASSWORD, client=HERE) is None


@pytest.mark.parametrize("change", [None, shut, unconfirm, take_password])
@pytest.mark.parametrize("email", ["ada@example.com", "nobody@example.com"])
def test_every_refusal_costs_one_hash(
    user: User,
    email: str,
    change: "type[object] | None",
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if change:
        change(user)  # type: ignore[call-arg]
    runs = []
    encode = MD5PasswordHasher.encode

    def counted(hasher: MD5PasswordHasher, password: str, salt: str) -> str:
        runs.append(password)
        return encode(hasher, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    assert authentication.authenticate(email, "wrong", client=HERE) is None
    assert len(runs) == 1


def test_a_backend_asked_without_a_password_knows_nobody(user: User) -> None:
    from accounts.backends import VerifiedEmailBackend  # noqa: PLC0415 - needs settings

    assert VerifiedEmailBackend().authenticate(REQUEST, username=user.email) is None


def test_passwords_are_hashed_with_argon2id() -> None:
    from accounts.hashers import Argon2idPasswordHasher  # noqa: PLC0415 - needs settings

    hasher: BasePasswordHasher = Argon2idPasswordHasher()
    assert hasher.encode(PASSWORD, "a salt of some length").startswith(
        "argon2$argon2id$v=19$m=19456,t=2,p=1$"
    )
