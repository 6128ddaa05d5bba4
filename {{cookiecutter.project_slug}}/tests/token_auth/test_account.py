"""Endpoints of a user's account: the profile, the password, the email address and deletion."""

from datetime import datetime
from typing import Any
from unittest.mock import Mock
from uuid import uuid4

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import SignIn, User
from accounts.services import deletion, export
from tests.conftest import PASSWORD, mailed_link
from tests.token_auth import api as auth
from tests.token_auth.api import Pair, client, is_dead, sign_in

EXPORT = f"{auth.ME}export/"


def errors_of(response: Any) -> list[str]:
    """Return the fields that a response names as wrong; none if it is 204."""
    assert response.status_code in {204, 400}
    return list(response.json()) if response.content else []


def test_profile_has_the_fields_of_the_user(signed_in: APIClient, user: User) -> None:
    response = signed_in.get(auth.ME)

    assert response["Cache-Control"] == "no-store"
    found = response.json()
    assert (found["id"], found["email"]) == (str(user.pk), user.email)
    assert (found["name"], found["email_verified"]) == ("Ada", True)
    assert datetime.fromisoformat(found["date_joined"]) == user.date_joined


@pytest.mark.parametrize(
    ("name", "errors"),
    [
        ("Zo\u00eb \U0001f30a", []),
        *[(name, ["name"]) for name in ("x" * 151, None, {"first": "Ada"}, "A\x00")],
    ],
)
def test_profile_change_stores_a_valid_name_and_nothing_else(
    signed_in: APIClient, user: User, name: Any, errors: list[str]
) -> None:
    before = User.objects.values().get()
    protected = {"id": str(uuid4()), "email": "eve@example.com", "password": "without asking"}
    rights = {"is_active": False, "is_staff": True, "groups": [1], "email_verified_at": None}

    response = signed_in.patch(auth.ME, {"name": name} | protected | rights)

    assert response.status_code == (400 if errors else 200)
    assert errors in ([], list(response.json()))
    assert User.objects.values().get() == before | ({} if errors else {"name": name})
    assert not user.groups.exists()


def test_password_change_takes_the_current_password_and_a_strong_one(
    signed_in: APIClient, api: APIClient
) -> None:
    body = {"current_password": PASSWORD, "new_password": auth.NEW_PASSWORD}
    for changed, errors in (
        ({"current_password": f" {PASSWORD}"}, ["current_password"]),
        ({"new_password": "short"}, ["new_password"]),
        ({"new_password": auth.CREDENTIALS["email"]}, ["new_password"]),
    ):
        assert errors_of(signed_in.post(auth.PASSWORD_CHANGE, body | changed)) == errors
    assert api.post(auth.TOKEN, auth.CREDENTIALS).status_code == 200

    assert errors_of(signed_in.post(auth.PASSWORD_CHANGE, body)) == []

    assert api.post(auth.TOKEN, auth.CREDENTIALS).status_code == 401
    assert (
        api.post(auth.TOKEN, auth.CREDENTIALS | {"password": auth.NEW_PASSWORD}).status_code == 200
    )


def test_reset_link_works_once_also_after_attempts_that_are_refused(
    api: APIClient, user: User
) -> None:
    assert api.post(auth.PASSWORD_RESET, {"email": user.email}).status_code == 202
    link = mailed_link("password_reset") | {"new_password": auth.NEW_PASSWORD}

    for changed, errors in (
        ({"new_password": "short"}, ["new_password"]),
        ({"uid": "\u00e9"}, ["token"]),
        ({"token": "x" * 10_000}, ["token"]),
        ({}, []),
        ({}, ["token"]),
    ):
        assert errors_of(api.post(auth.PASSWORD_CONFIRM, link | changed)) == errors

    assert (
        api.post(auth.TOKEN, auth.CREDENTIALS | {"password": auth.NEW_PASSWORD}).status_code == 200
    )


def test_verification_link_confirms_the_email_once(api: APIClient, user: User) -> None:
    User.objects.update(email_verified_at=None)
    assert api.post(auth.TOKEN, auth.CREDENTIALS).status_code == 401
    assert api.post(auth.EMAIL_RESEND, {"email": user.email}).status_code == 202
    link = mailed_link("verify_email")

    found = [
        errors_of(api.post(auth.EMAIL_VERIFY, body)) for body in ({"token": "\u00e9"}, link, link)
    ]

    assert found == [["token"], [], ["token"]]
    assert api.post(auth.TOKEN, auth.CREDENTIALS).status_code == 200


def test_email_change_takes_the_password_and_the_link_that_is_sent(
    api: APIClient, signed_in: APIClient, mailoutbox: list[object]
) -> None:
    body = {"email": "Ada@Example.ORG", "password": PASSWORD}
    wrong = body | {"password": f"{PASSWORD} "}
    assert errors_of(signed_in.post(auth.EMAIL_CHANGE, wrong)) == ["password"]
    assert mailoutbox == []

    assert signed_in.post(auth.EMAIL_CHANGE, body).status_code == 202
    assert signed_in.get(auth.ME).json()["email"] == "ada@example.com"
    assert api.post(auth.EMAIL_VERIFY, mailed_link("verify_email")).status_code == 204

    assert api.post(auth.TOKEN, auth.CREDENTIALS).status_code == 401
    assert api.post(auth.TOKEN, body).status_code == 200


@pytest.mark.parametrize("typed", ["x@", "a\0@example.org", "a@[::1]"])
def test_text_that_is_no_email_address_is_refused_everywhere(
    signed_in: APIClient, mailoutbox: list[object], typed: str
) -> None:
    """C01, C02, C04."""
    body = {"email": typed, "password": PASSWORD}
    for address in (auth.PASSWORD_RESET, auth.EMAIL_RESEND, auth.EMAIL_CHANGE):
        assert errors_of(signed_in.post(address, body)) == ["email"]
    assert signed_in.post(auth.TOKEN, body).status_code in {400, 401}
    assert mailoutbox == []


def test_user_deletes_the_account_and_all_tokens(user: User, pair: Pair, other: User) -> None:
    second = sign_in(user)

    assert client(pair["access"]).delete(auth.ME).status_code == 204

    assert User.objects.get() == other
    assert is_dead(pair)
    assert is_dead(second)
    assert client().post(auth.TOKEN, auth.CREDENTIALS).status_code == 401


@pytest.mark.parametrize("error", [deletion.LastSuperuserError, deletion.AccountInUseError])
def test_deletion_that_is_not_possible_is_a_conflict(
    pair: Pair, monkeypatch: pytest.MonkeyPatch, error: type[deletion.AccountNotDeletedError]
) -> None:
    monkeypatch.setattr(deletion, "delete", Mock(side_effect=error))

    response = client(pair["access"]).delete(auth.ME)

    body = {"detail": str(error.message), "code": error.code}
    assert (response.status_code, response.json()) == (409, body)
    assert not is_dead(pair)


def test_user_exports_their_data(signed_in: APIClient, other: User) -> None:
    sign_in(other)

    data = signed_in.get(EXPORT).json()

    assert data["account"]["email"] == "ada@example.com"
    assert len(data["sign_ins"]) == 1


def test_user_deleted_without_a_revocation_entry_is_refused_in_any_view(
    signed_in: APIClient, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """C07: also where the view looks for another user, whose absence is another error."""
    monkeypatch.setattr(export, "export", Mock(side_effect=User.DoesNotExist))
    with pytest.raises(User.DoesNotExist):
        signed_in.get(EXPORT)
    for rows in (SignIn.objects.all(), User.objects.filter(pk=user.pk)):
        rows._raw_delete("default")  # noqa: SLF001 - as SQL by hand

    for address in (auth.ME, EXPORT):
        response = signed_in.get(address)
        assert (response.status_code, response.json()["code"]) == (401, "token_not_valid")
        assert response["WWW-Authenticate"] == 'Bearer realm="api"'


def test_deletion_and_export_require_a_recent_authentication(
    signed_in: APIClient, settings: Settings
) -> None:
    settings.REAUTHENTICATION_MAX_AGE = 0

    for response in (signed_in.delete(auth.ME), signed_in.get(EXPORT)):
        assert response.status_code == 401
        assert "insufficient_user_authentication" in response["WWW-Authenticate"]
    assert signed_in.get(auth.ME).status_code == 200
