"""Sign-up by the API."""

import json
from typing import Any

import pytest
from django.core.mail import EmailMessage
from rest_framework.test import APIClient

from accounts.models import SignIn, User
from tests.conftest import mailed_link
from tests.token_auth.api import EMAIL_VERIFY, ME, TOKEN, client

REGISTER = "/api/auth/register/"
PASSWORD = " a house with a green door "
CREDENTIALS = {"email": "grace@example.com", "password": PASSWORD}
NEWCOMER = CREDENTIALS | {"email": "Grace@Example.com", "name": "Grace"}

pytestmark = pytest.mark.django_db


def test_newcomer_confirms_the_email_and_signs_in_with_the_password_as_typed(
    api: APIClient, mailoutbox: list[EmailMessage]
) -> None:
    response = api.post(REGISTER, NEWCOMER)

    assert (response.status_code, response["Cache-Control"]) == (202, "no-store")
    assert not SignIn.objects.exists()
    assert api.post(TOKEN, CREDENTIALS).status_code == 401
    assert [mail.to for mail in mailoutbox] == [["grace@example.com"]]
    assert api.post(EMAIL_VERIFY, mailed_link("verify_email")).status_code == 204
    trimmed = CREDENTIALS | {"password": PASSWORD.strip()}
    assert api.post(TOKEN, trimmed).status_code == 401
    me = client(api.post(TOKEN, CREDENTIALS).json()["access"]).get(ME).json()
    assert (me["name"], me["email_verified"]) == ("Grace", True)


def test_another_unique_field_that_is_taken_is_named(
    api: APIClient, user: User, unique_name: None, mailoutbox: list[object]
) -> None:
    """C07: it was 401, "Token is invalid"."""
    response = api.post(REGISTER, NEWCOMER | {"name": user.name})

    assert (response.status_code, list(response.json())) == (400, ["name"])
    assert mailoutbox == []
    assert api.post(REGISTER, CREDENTIALS).status_code == 202


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "x" * 250 + "@example.com"),
        ("email", "gra\ud800ce@example.com"),
        ("email", ["grace@example.com"]),
        ("password", "short"),
        ("password", "grace@example.com"),
        ("password", "x" * 5000),
        ("name", "x" * 151),
    ],
    ids=lambda value: ascii(value)[:24],
)
def test_unusable_value_is_refused(
    api: APIClient, mailoutbox: list[object], field: str, value: Any
) -> None:
    # json.dumps writes a lone surrogate as an escape, which is how a client may send it.
    body = json.dumps({**NEWCOMER, field: value})

    response = api.post(REGISTER, data=body, content_type="application/json")

    assert (response.status_code, list(response.json())) == (400, [field])
    assert not User.objects.exists()
    assert mailoutbox == []
