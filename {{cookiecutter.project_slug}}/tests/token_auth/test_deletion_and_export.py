"""Deletion and export of the account."""

import pytest
from django.conf import settings as project_settings
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import SignIn, User
from accounts.services import deletion
from tests.token_auth.api import CREDENTIALS, ME, TOKEN, Pair, client, is_dead, sign_in

EXPORT = f"{ME}export/"


def test_user_deletes_the_account_and_all_tokens(user: User, pair: Pair, other: User) -> None:
    second, of_other = sign_in(user), sign_in(other)

    assert client(pair["access"]).delete(ME).status_code == 204

    assert User.objects.get() == other
    assert is_dead(pair)
    assert is_dead(second)
    assert not is_dead(of_other)
    assert client().post(TOKEN, CREDENTIALS).status_code == 401


@pytest.mark.parametrize("error", [deletion.LastSuperuserError, deletion.AccountInUseError])
def test_deletion_that_is_not_possible_is_a_conflict(
    pair: Pair, monkeypatch: pytest.MonkeyPatch, error: type[deletion.AccountNotDeletedError]
) -> None:
    def refuse(_: User) -> None:
        raise error

    monkeypatch.setattr(deletion, "delete", refuse)
    response = client(pair["access"]).delete(ME)

    body = {"detail": str(error.message), "code": error.code}
    assert (response.status_code, response.json()) == (409, body)
    assert not is_dead(pair)


def test_deletion_deletes_the_refresh_cookie(
    api: APIClient, user: User, settings: Settings
) -> None:
    settings.JWT_REFRESH_COOKIE = True
    access = api.post(TOKEN, CREDENTIALS).json()["access"]
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {access}")

    response = api.delete(ME)

    assert response.cookies[project_settings.JWT_REFRESH_COOKIE_NAME]["max-age"] == 0
    assert not User.objects.filter(pk=user.pk).exists()


def test_user_exports_their_data(pair: Pair, other: User) -> None:
    sign_in(other)
    response = client(pair["access"]).get(EXPORT)

    assert response.status_code == 200
    data = response.json()
    assert data["account"]["email"] == "ada@example.com"
    assert len(data["sign_ins"]) == 1
    assert SignIn.objects.count() == 2


def test_deletion_and_export_require_a_recent_authentication(
    pair: Pair, settings: Settings
) -> None:
    settings.REAUTHENTICATION_MAX_AGE = 0
    caller = client(pair["access"])

    for response in (caller.delete(ME), caller.get(EXPORT)):
        assert response.status_code == 401
        assert "insufficient_user_authentication" in response["WWW-Authenticate"]
    assert User.objects.count() == 1
    assert caller.get(ME).status_code == 200
