from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient
from rest_framework_simplejwt.settings import api_settings

from accounts.models import SignIn, User
from accounts.services import authentication, passwords, sign_ins, staff
from tests.conftest import PASSWORD
from tests.token_auth.api import TOKEN, accepts_access, present_an_old_token, refresh
from token_auth.views import SIGN_IN_FAILED

CREDENTIALS = {"email": "ada@example.com", "password": PASSWORD}


def test_credentials_buy_a_pair_of_tokens(api: APIClient, user: User) -> None:
    response = api.post(TOKEN, CREDENTIALS)

    assert response.status_code == 200
    pair = response.json()
    assert set(pair) == {"access", "refresh", "token_type", "expires_in"}
    lifetime = api_settings.ACCESS_TOKEN_LIFETIME
    assert (pair["token_type"], pair["expires_in"]) == ("Bearer", lifetime.total_seconds())
    assert accepts_access(pair)
    assert refresh(pair)


@pytest.mark.parametrize("email", ["ADA@EXAMPLE.COM", " ada@example.com ", "\uff41da@example.com"])
def test_any_spelling_of_the_address_is_the_same_user(
    api: APIClient, user: User, email: str
) -> None:
    assert api.post(TOKEN, CREDENTIALS | {"email": email}).status_code == 200


def test_a_sign_in_is_recorded_with_where_it_came_from(api: APIClient, user: User) -> None:
    before = timezone.now()

    api.post(TOKEN, CREDENTIALS, REMOTE_ADDR="192.0.2.7", HTTP_USER_AGENT="Phone/1")

    sign_in = SignIn.objects.get()
    assert (sign_in.user, sign_in.kind) == (user, "token")
    assert (sign_in.ip_address, sign_in.user_agent) == ("192.0.2.7", "Phone/1")
    user.refresh_from_db()
    assert user.last_login is not None
    assert user.last_login >= before


def test_no_token_is_stored(api: APIClient, user: User) -> None:
    pair = api.post(TOKEN, CREDENTIALS).json()

    row = str(list(SignIn.objects.values()))
    assert all(part not in row for part in pair["refresh"].split("."))


@pytest.mark.parametrize(
    ("state", "sent"),
    [
        ({}, {"password": PASSWORD + "!"}),
        ({}, {"email": "nobody@example.com"}),
        ({"is_active": False}, {}),
        ({"email_verified_at": None}, {}),
        ({"password": "!no password is set"}, {}),
    ],
    ids=["wrong password", "unknown", "inactive", "unverified", "no password"],
)
def test_every_refusal_is_the_same(
    api: APIClient, user: User, state: dict[str, Any], sent: dict[str, str]
) -> None:
    User.objects.update(**state)

    response = api.post(TOKEN, CREDENTIALS | sent)

    assert response.status_code == 401
    assert response.json() == {
        "detail": SIGN_IN_FAILED,
        "code": "invalid_credentials",
    }
    assert response["WWW-Authenticate"].startswith("Bearer")
    assert not SignIn.objects.exists()


@pytest.mark.parametrize("typed", [f" {PASSWORD}", f"{PASSWORD} ", PASSWORD.upper()])
def test_a_password_counts_as_it_was_typed(api: APIClient, user: User, typed: str) -> None:
    assert api.post(TOKEN, CREDENTIALS | {"password": typed}).status_code == 401

    user.set_password(typed)
    user.save()
    assert api.post(TOKEN, CREDENTIALS | {"password": typed}).status_code == 200


def test_a_longer_password_is_not_cut_to_one_that_fits(api: APIClient, user: User) -> None:
    user.set_password("x" * 4096)
    user.save()

    assert api.post(TOKEN, CREDENTIALS | {"password": "x" * 4096}).status_code == 200
    assert api.post(TOKEN, CREDENTIALS | {"password": "x" * 4097}).status_code == 400


def test_signing_in_takes_few_queries(
    api: APIClient, user: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    # Two of them are the savepoint that a transaction is within the transaction of a test.
    with django_assert_max_num_queries(8):
        assert api.post(TOKEN, CREDENTIALS).status_code == 200


def test_each_sign_in_is_a_family_of_its_own(api: APIClient, user: User) -> None:
    phone, laptop = (api.post(TOKEN, CREDENTIALS).json() for _ in range(2))
    present_an_old_token(phone)

    assert accepts_access(laptop)
    assert refresh(laptop)


def _set_password(user: User) -> None:
    passwords.change(user, "the tide comes in at six")


def _promote(user: User) -> None:
    user.is_staff = True
    user.save()


@pytest.mark.parametrize("change", [_set_password, _promote, staff.deactivate])
def test_an_account_that_changes_between_password_and_sign_in_gets_none(
    api: APIClient, user: User, monkeypatch: pytest.MonkeyPatch, change: Callable[[User], None]
) -> None:
    """The change ended all existing sign-ins, and this one started later."""
    genuine = authentication.authenticate

    def late(*arguments: Any, **credentials: Any) -> User | None:
        found = genuine(*arguments, **credentials)
        change(User.objects.get())
        return found

    monkeypatch.setattr(authentication, "authenticate", late)

    response = api.post(TOKEN, CREDENTIALS)

    assert (response.status_code, response.json()["code"]) == (401, "invalid_credentials")
    assert not sign_ins.live(user).exists()
    monkeypatch.undo()
    honest = api.post(TOKEN, CREDENTIALS).status_code
    assert honest == (200 if change is _promote else 401)
