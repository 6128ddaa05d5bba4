"""Authentication succeeds with correct credentials of accounts that may sign in, and only then."""

from collections.abc import Callable

import pytest

from accounts.backends import VerifiedEmailBackend
from accounts.models import User
from accounts.services import authentication, staff
from tests.accounts.conftest import Start
from tests.conftest import HERE, PASSWORD, REQUEST


def unconfirm(user: User) -> None:
    user.email_verified_at = None
    user.save()


def take_password(user: User) -> None:
    user.set_unusable_password()
    user.save()


CHANGES = [staff.deactivate, unconfirm, take_password]


def test_correct_credentials_succeed(user: User) -> None:
    assert authentication.authenticate(user.email, PASSWORD, client=HERE) == user
    assert authentication.reauthenticate(user, PASSWORD, client=HERE)


def test_user_reauthenticates_on_a_known_network(user: User, start: Start) -> None:
    start(user)
    assert authentication.is_known(user.email, HERE)
    assert authentication.reauthenticate(user, PASSWORD, client=HERE)
    assert not authentication.reauthenticate(user, "wrong", client=HERE)


@pytest.mark.parametrize("password", ["", "wrong", PASSWORD.upper(), f"{PASSWORD} ", "x" * 5000])
def test_wrong_password_fails(user: User, password: str) -> None:
    assert authentication.authenticate(user.email, password, client=HERE) is None
    assert not authentication.reauthenticate(user, password, client=HERE)


@pytest.mark.parametrize("change", CHANGES)
def test_correct_password_of_an_account_that_may_not_sign_in_fails(
    user: User, change: Callable[[User], object]
) -> None:
    change(user)
    assert authentication.authenticate(user.email, PASSWORD, client=HERE) is None


@pytest.mark.parametrize("change", [None, *CHANGES])
@pytest.mark.parametrize("email", ["ada@example.com", "nobody@example.com"])
def test_every_refusal_costs_one_hash(
    user: User, email: str, change: Callable[[User], object] | None, hashed: list[str]
) -> None:
    if change:
        change(user)
    hashed.clear()
    assert authentication.authenticate(email, "wrong", client=HERE) is None
    assert len(hashed) == 1


def test_backend_without_a_password_finds_no_user(user: User) -> None:
    assert VerifiedEmailBackend().authenticate(REQUEST, username=user.email) is None
