"""Endpoints that change a password, or reset it with a link."""

import pytest
from django.core.mail import EmailMessage
from rest_framework.test import APIClient

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


@pytest.fixture
def link(api: APIClient, user: User) -> dict[str, str]:
    """The parts of a reset link, with a new password."""
    response = api.post(PASSWORD_RESET, {"email": user.email})
    assert (response.status_code, response.json()) == (202, EMAIL_SENT)
    return mailed_link("password_reset") | {"new_password": NEW_PASSWORD}


def test_a_changed_password_takes_effect_and_the_user_is_notified(
    signed_in: APIClient, api: APIClient, mailoutbox: list[EmailMessage]
) -> None:
    assert api.post(TOKEN, CREDENTIALS).status_code == 200
    mailoutbox.clear()

    response = signed_in.post(PASSWORD_CHANGE, CHANGE)

    assert (response.status_code, response.content) == (204, b"")
    assert api.post(TOKEN, CREDENTIALS).status_code == 401
    assert api.post(TOKEN, CREDENTIALS | {"password": NEW_PASSWORD}).status_code == 200
    mail = mailoutbox[0]
    assert mail.to == ["ada@example.com"]
    assert PASSWORD not in str(mail.body)
    assert NEW_PASSWORD not in str(mail.body)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("current_password", f" {PASSWORD}"),
        ("new_password", "short"),
        ("new_password", "ada@example.com"),
    ],
)
def test_a_wrong_or_weak_password_is_refused_by_field(
    signed_in: APIClient, field: str, value: str
) -> None:
    response = signed_in.post(PASSWORD_CHANGE, CHANGE | {field: value})

    assert (response.status_code, list(response.json())) == (400, [field])
    assert User.objects.get().check_password(PASSWORD)


@pytest.mark.parametrize(
    ("field", "value", "named"),
    [
        ("new_password", "short", "new_password"),
        *[("uid", value, "token") for value in ("x", "MQ", "\u00e9", "gICA", "x" * 10_000)],
        *[("token", value, "token") for value in ("x", "a-b", "\u00e9-\u00e9", "x" * 10_000)],
    ],
    ids=lambda value: value[:16],
)
def test_a_link_works_once_also_after_a_weak_password_or_a_forged_link(
    api: APIClient, link: dict[str, str], field: str, value: str, named: str
) -> None:
    response = api.post(PASSWORD_CONFIRM, link | {field: value})
    assert (response.status_code, list(response.json())) == (400, [named])
    assert User.objects.get().check_password(PASSWORD)

    first, second = (api.post(PASSWORD_CONFIRM, link) for _ in range(2))

    assert (first.status_code, first.content) == (204, b"")
    assert (second.status_code, list(second.json())) == (400, ["token"])
    assert api.post(TOKEN, CREDENTIALS | {"password": NEW_PASSWORD}).status_code == 200
