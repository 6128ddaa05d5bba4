"""Signing in with an email address and a password."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient
from rest_framework_simplejwt.settings import api_settings

from accounts.models import SignIn, User
from accounts.services import authentication, passwords, sign_ins, staff
from tests.conftest import PASSWORD
from tests.token_auth.api import CREDENTIALS, NEW_PASSWORD, REFRESH, TOKEN, accepts_access
from token_auth.views import SIGN_IN_FAILED


def test_credentials_are_exchanged_for_a_pair_of_tokens(api: APIClient, user: User) -> None:
    response = api.post(TOKEN, CREDENTIALS)

    pair = response.json()
    assert (response.status_code, response["Cache-Control"]) == (200, "no-store")
    assert set(pair) == {"access", "refresh", "token_type", "expires_in"}
    lifetime = api_settings.ACCESS_TOKEN_LIFETIME
    assert (pair["token_type"], pair["expires_in"]) == ("Bearer", lifetime.total_seconds())
    assert accepts_access(pair)
    following = api.post(REFRESH, {"refresh": pair["refresh"]})
    assert (following.status_code, following["Cache-Control"]) == (200, "no-store")


def test_a_sign_in_records_the_client_and_nothing_that_the_client_sends_in_addition(
    api: APIClient, user: User
) -> None:
    before = timezone.now()
    extra = {"is_staff": True, "user": "x", "sub": "x", "kind": "x", "ends_at": "2999-01-01"}
    client: dict[str, Any] = {"REMOTE_ADDR": "192.0.2.7", "HTTP_USER_AGENT": "Phone/1"}

    assert api.post(TOKEN, CREDENTIALS | extra, **client).status_code == 200

    sign_in = SignIn.objects.get()
    assert (sign_in.user, sign_in.kind, sign_in.ends_at.year < 2999) == (user, "token", True)
    assert (sign_in.ip_address, sign_in.user_agent) == ("192.0.2.7", "Phone/1")
    user.refresh_from_db()
    assert not user.is_staff
    assert user.last_login is not None
    assert user.last_login >= before


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
    assert response.json() == {"detail": SIGN_IN_FAILED, "code": "invalid_credentials"}
    assert response["WWW-Authenticate"].startswith("Bearer")
    assert not SignIn.objects.exists()


def test_a_longer_password_is_not_cut_to_one_that_fits(api: APIClient, user: User) -> None:
    user.set_password("x" * 4096)
    user.save()

    assert api.post(TOKEN, CREDENTIALS | {"password": "x" * 4096}).status_code == 200
    assert api.post(TOKEN, CREDENTIALS | {"password": "x" * 4097}).status_code == 400


def _promote(user: User) -> None:
    user.is_staff = True
    user.save()


@pytest.mark.parametrize(
    ("change", "then"),
    [
        (lambda user: passwords.change(user, NEW_PASSWORD), 401),
        (_promote, 200),
        (staff.deactivate, 401),
    ],
    ids=["password", "role", "deactivated"],
)
def test_an_account_that_changes_after_the_password_was_checked_gets_no_sign_in(
    api: APIClient,
    user: User,
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[User], None],
    then: int,
) -> None:
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
    assert api.post(TOKEN, CREDENTIALS).status_code == then
