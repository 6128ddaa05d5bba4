from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.core.mail import EmailMessage
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import User
from tests.conftest import PASSWORD
from tests.token_auth.api import (
    TOKEN,
    Pair,
    accepts_access,
    is_dead,
    parts_of_link,
    refresh,
    sign_in,
)

CHANGE = "/api/auth/password/change/"
RESET = "/api/auth/password/reset/"
CONFIRM = "/api/auth/password/reset/confirm/"
NEW = "the tide comes in at six"
WEAK = ["short", "password1234", "ada@example.com", "x" * 129]


def change(api: APIClient, current: str = PASSWORD, new: str = NEW) -> int:
    body = {"current_password": current, "new_password": new}
    return api.post(CHANGE, body).status_code


def opens(password: str) -> bool:
    return check_password(password, User.objects.get(email="ada@example.com").password)


@pytest.fixture
def link(api: APIClient, user: User, mailoutbox: list[EmailMessage]) -> dict[str, str]:
    """The two parts of a reset link that was asked for just now."""
    api.post(RESET, {"email": user.email})
    return parts_of_link("password_reset", str(mailoutbox.pop().body))


# Changing


def test_a_changed_password_counts_from_now_on(signed_in: APIClient, api: APIClient) -> None:
    response = signed_in.post(CHANGE, {"current_password": PASSWORD, "new_password": NEW})

    assert (response.status_code, response.content) == (204, b"")
    answers = [
        api.post(TOKEN, {"email": "ada@example.com", "password": password}).status_code
        for password in (PASSWORD, NEW)
    ]
    assert answers == [401, 200]


def test_the_sign_in_that_changed_it_goes_on_and_the_others_end(
    signed_in: APIClient, user: User, other: User, pair: Pair
) -> None:
    elsewhere, others = sign_in(user), sign_in(other)

    assert change(signed_in) == 204

    assert is_dead(elsewhere)
    for untouched in (pair, others):
        assert accepts_access(untouched)
        assert refresh(untouched)


def test_the_user_is_told(signed_in: APIClient, mailoutbox: list[EmailMessage]) -> None:
    change(signed_in)

    (mail,) = mailoutbox
    assert mail.to == ["ada@example.com"]
    assert PASSWORD not in str(mail.body)
    assert NEW not in str(mail.body)


@pytest.mark.parametrize("current", ["wrong", f" {PASSWORD}", PASSWORD.upper(), NEW])
def test_without_the_current_password_nothing_changes(
    signed_in: APIClient, user: User, current: str
) -> None:
    elsewhere = sign_in(user)

    response = signed_in.post(CHANGE, {"current_password": current, "new_password": NEW})

    assert response.status_code == 400
    assert list(response.json()) == ["current_password"]
    assert opens(PASSWORD)
    assert accepts_access(elsewhere)


@pytest.mark.parametrize("new", WEAK)
def test_a_weak_password_is_refused(signed_in: APIClient, user: User, new: str) -> None:
    response = signed_in.post(CHANGE, {"current_password": PASSWORD, "new_password": new})

    assert response.status_code == 400
    assert list(response.json()) == ["new_password"]
    assert opens(PASSWORD)


def test_a_new_password_is_kept_as_it_was_typed(signed_in: APIClient) -> None:
    assert change(signed_in, new=f" {NEW} ") == 204

    assert opens(f" {NEW} ")
    assert not opens(NEW)


def test_one_user_changes_no_other(signed_in: APIClient, other: User) -> None:
    body = {"current_password": PASSWORD, "new_password": NEW, "user": str(other.pk)}

    assert signed_in.post(CHANGE, body | {"email": other.email}).status_code == 204

    before = other.password
    other.refresh_from_db()
    assert other.password == before


# Resetting


def test_a_link_from_the_mail_sets_a_new_password(
    api: APIClient, user: User, link: dict[str, str]
) -> None:
    response = api.post(CONFIRM, link | {"new_password": NEW})

    assert (response.status_code, response.content) == (204, b"")
    assert opens(NEW)


def test_a_reset_ends_every_sign_in(
    api: APIClient, other: User, pair: Pair, link: dict[str, str]
) -> None:
    others = sign_in(other)
    assert accepts_access(pair)

    api.post(CONFIRM, link | {"new_password": NEW})

    assert is_dead(pair)
    assert accepts_access(others)


def test_a_reset_confirms_the_address(api: APIClient, user: User, link: dict[str, str]) -> None:
    User.objects.update(email_verified_at=None)
    credentials = {"email": user.email, "password": NEW}

    api.post(CONFIRM, link | {"new_password": NEW})

    assert api.post(TOKEN, credentials).status_code == 200


@pytest.mark.parametrize(
    ("email", "active", "emails"),
    [("ada@example.com", True, 1), ("nobody@example.com", True, 0), ("ada@example.com", False, 0)],
    ids=["known", "unknown", "inactive"],
)
def test_asking_for_a_link_tells_nothing(
    api: APIClient,
    user: User,
    mailoutbox: list[EmailMessage],
    email: str,
    active: bool,
    emails: int,
) -> None:
    User.objects.update(is_active=active)

    response = api.post(RESET, {"email": email})

    assert response.status_code == 202
    assert response.json() == {
        "detail": (
            "If this email address can be used, we have sent an email to it. Check your inbox."
        )
    }
    assert len(mailoutbox) == emails


def test_a_link_is_good_once(api: APIClient, link: dict[str, str]) -> None:
    answers = [
        api.post(CONFIRM, link | {"new_password": password}) for password in (NEW, PASSWORD + "!")
    ]

    assert [answer.status_code for answer in answers] == [204, 400]
    assert list(answers[1].json()) == ["token"]
    assert opens(NEW)


def test_a_newer_link_ends_the_one_before(
    api: APIClient, user: User, link: dict[str, str], mailoutbox: list[EmailMessage]
) -> None:
    api.post(RESET, {"email": user.email})
    newer = parts_of_link("password_reset", str(mailoutbox.pop().body))

    answers = [
        api.post(CONFIRM, parts | {"new_password": NEW}).status_code for parts in (link, newer)
    ]

    assert answers == [400, 204]


@pytest.mark.parametrize("weak", WEAK)
def test_a_weak_password_does_not_use_up_the_link(
    api: APIClient, link: dict[str, str], weak: str
) -> None:
    response = api.post(CONFIRM, link | {"new_password": weak})

    assert response.status_code == 400
    assert list(response.json()) == ["new_password"]
    assert opens(PASSWORD)
    assert api.post(CONFIRM, link | {"new_password": NEW}).status_code == 204


@pytest.mark.parametrize(("late", "status"), [(-1, 204), (0, 204), (1, 400)])
def test_a_link_is_good_for_an_hour(
    api: APIClient,
    user: User,
    mailoutbox: list[EmailMessage],
    time_machine: time_machine.TimeMachineFixture,
    late: int,
    status: int,
) -> None:
    asked = timezone.now().replace(microsecond=0)
    time_machine.move_to(asked, tick=False)
    api.post(RESET, {"email": user.email})
    link = parts_of_link("password_reset", str(mailoutbox.pop().body))

    time_machine.move_to(asked + timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT + late))

    assert api.post(CONFIRM, link | {"new_password": NEW}).status_code == status


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
        {"token": "-"},
        {"token": "\u00e9-\u00e9"},
        {"token": "x" * 10_000},
    ],
    ids=lambda changed: str(changed)[:24],
)
def test_a_link_that_is_not_ours_is_refused(
    api: APIClient, link: dict[str, str], changed: dict[str, str]
) -> None:
    response = api.post(CONFIRM, {**link, **changed, "new_password": NEW})

    assert response.status_code == 400
    assert list(response.json()) == ["token"]
    assert opens(PASSWORD)
    assert api.post(CONFIRM, {**link, "new_password": NEW}).status_code == 204


def test_a_link_is_good_for_its_own_user_only(
    api: APIClient, other: User, link: dict[str, str], mailoutbox: list[EmailMessage]
) -> None:
    api.post(RESET, {"email": other.email})
    others = parts_of_link("password_reset", str(mailoutbox.pop().body))

    mixed = {"uid": others["uid"], "token": link["token"], "new_password": NEW}

    assert api.post(CONFIRM, mixed).status_code == 400


def test_a_link_ends_with_the_account(api: APIClient, user: User, link: dict[str, str]) -> None:
    User.objects.update(is_active=False)

    assert api.post(CONFIRM, link | {"new_password": NEW}).status_code == 400
