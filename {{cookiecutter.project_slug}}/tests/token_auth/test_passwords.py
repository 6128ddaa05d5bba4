"""Changing a password, and resetting one with a link."""

import pytest
from django.conf import settings
from django.core.mail import EmailMessage
from rest_framework.test import APIClient
from time_machine import TimeMachineFixture

from accounts.models import User
from tests.conftest import PASSWORD
from tests.token_auth.api import (
    CREDENTIALS,
    EMAIL_SENT,
    NEW_PASSWORD,
    PASSWORD_CHANGE,
    PASSWORD_CONFIRM,
    PASSWORD_RESET,
    TOKEN,
    mailed_link,
)

CHANGE = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
weak_passwords = pytest.mark.parametrize(
    "weak", ["short", "password1234", "ada@example.com", "x" * 129]
)


def opens(password: str) -> bool:
    return User.objects.get(email="ada@example.com").check_password(password)


@pytest.fixture
def link(clock: TimeMachineFixture, api: APIClient, user: User) -> dict[str, str]:
    """The parts of a reset link that was requested just now."""
    api.post(PASSWORD_RESET, {"email": user.email})
    return mailed_link("password_reset")


def test_a_changed_password_takes_effect_and_the_user_is_notified(
    signed_in: APIClient, api: APIClient, mailoutbox: list[EmailMessage]
) -> None:
    response = signed_in.post(PASSWORD_CHANGE, CHANGE)

    assert (response.status_code, response.content) == (204, b"")
    assert api.post(TOKEN, CREDENTIALS).status_code == 401
    assert api.post(TOKEN, CREDENTIALS | {"password": NEW_PASSWORD}).status_code == 200
    mail = mailoutbox[0]
    assert mail.to == ["ada@example.com"]
    assert PASSWORD not in str(mail.body)
    assert NEW_PASSWORD not in str(mail.body)


@pytest.mark.parametrize("current", ["wrong", f" {PASSWORD}", PASSWORD.upper()])
def test_without_the_current_password_nothing_changes(signed_in: APIClient, current: str) -> None:
    response = signed_in.post(PASSWORD_CHANGE, CHANGE | {"current_password": current})

    assert (response.status_code, list(response.json())) == (400, ["current_password"])
    assert opens(PASSWORD)


@weak_passwords
def test_a_weak_new_password_is_refused(signed_in: APIClient, weak: str) -> None:
    response = signed_in.post(PASSWORD_CHANGE, CHANGE | {"new_password": weak})

    assert (response.status_code, list(response.json())) == (400, ["new_password"])
    assert opens(PASSWORD)


def test_a_new_password_is_stored_as_typed_and_for_the_caller_alone(
    signed_in: APIClient, other: User
) -> None:
    body = CHANGE | {"new_password": f" {NEW_PASSWORD} ", "user": str(other.pk)}

    assert signed_in.post(PASSWORD_CHANGE, body | {"email": other.email}).status_code == 204

    assert opens(f" {NEW_PASSWORD} ")
    assert not opens(NEW_PASSWORD)
    assert other.password == User.objects.get(pk=other.pk).password


def test_a_link_sets_a_new_password_once_and_confirms_the_email_address(
    api: APIClient, link: dict[str, str]
) -> None:
    User.objects.update(email_verified_at=None)

    first = api.post(PASSWORD_CONFIRM, link | {"new_password": NEW_PASSWORD})
    second = api.post(PASSWORD_CONFIRM, link | {"new_password": PASSWORD + "!"})

    assert (first.status_code, first.content) == (204, b"")
    assert (second.status_code, list(second.json())) == (400, ["token"])
    assert api.post(TOKEN, CREDENTIALS | {"password": NEW_PASSWORD}).status_code == 200


@pytest.mark.parametrize(
    ("email", "active", "emails"),
    [("ada@example.com", True, 1), ("nobody@example.com", True, 0), ("ada@example.com", False, 0)],
    ids=["known", "unknown", "inactive"],
)
def test_requesting_a_link_does_not_reveal_the_account(
    api: APIClient,
    user: User,
    mailoutbox: list[EmailMessage],
    email: str,
    active: bool,
    emails: int,
) -> None:
    User.objects.update(is_active=active)

    response = api.post(PASSWORD_RESET, {"email": email})

    assert (response.status_code, response.json()) == (202, EMAIL_SENT)
    assert len(mailoutbox) == emails


def test_a_newer_link_replaces_the_one_before(
    api: APIClient, user: User, clock: TimeMachineFixture, link: dict[str, str]
) -> None:
    clock.shift(1)
    api.post(PASSWORD_RESET, {"email": user.email})

    for parts, status in ((link, 400), (mailed_link("password_reset"), 204)):
        body = parts | {"new_password": NEW_PASSWORD}
        assert api.post(PASSWORD_CONFIRM, body).status_code == status


@weak_passwords
def test_a_weak_password_does_not_use_up_the_link(
    api: APIClient, link: dict[str, str], weak: str
) -> None:
    response = api.post(PASSWORD_CONFIRM, link | {"new_password": weak})

    assert (response.status_code, list(response.json())) == (400, ["new_password"])
    assert opens(PASSWORD)
    assert api.post(PASSWORD_CONFIRM, link | {"new_password": NEW_PASSWORD}).status_code == 204


@pytest.mark.parametrize(("late", "status"), [(0, 204), (1, 400)])
def test_a_link_is_valid_as_long_as_the_settings_say(
    api: APIClient, clock: TimeMachineFixture, link: dict[str, str], late: int, status: int
) -> None:
    clock.shift(settings.PASSWORD_RESET_TIMEOUT + late)

    response = api.post(PASSWORD_CONFIRM, link | {"new_password": NEW_PASSWORD})

    assert response.status_code == status


@pytest.mark.parametrize(
    "changed",
    [
        {"uid": "x"},
        {"uid": "MQ"},
        {"uid": "\u00e9"},
        {"uid": "gICA"},
        {"uid": "x" * 10_000},
        {"token": "x"},
        {"token": "a-b"},
        {"token": "\u00e9-\u00e9"},
        {"token": "x" * 10_000},
    ],
    ids=lambda changed: str(changed)[:24],
)
def test_a_forged_link_is_refused_and_the_genuine_one_remains_valid(
    api: APIClient, link: dict[str, str], changed: dict[str, str]
) -> None:
    body = link | {"new_password": NEW_PASSWORD}

    response = api.post(PASSWORD_CONFIRM, body | changed)

    assert (response.status_code, list(response.json())) == (400, ["token"])
    assert opens(PASSWORD)
    assert api.post(PASSWORD_CONFIRM, body).status_code == 204


def test_a_link_is_valid_for_its_user_while_active(
    api: APIClient, user: User, other: User, link: dict[str, str]
) -> None:
    body = link | {"new_password": NEW_PASSWORD}
    api.post(PASSWORD_RESET, {"email": other.email})
    uid = mailed_link("password_reset")["uid"]
    assert api.post(PASSWORD_CONFIRM, body | {"uid": uid}).status_code == 400
    User.objects.update(is_active=False)

    assert api.post(PASSWORD_CONFIRM, body).status_code == 400
