"""Sign-up by the API."""

import json
from typing import Any

import pytest
from django.core.mail import EmailMessage
from rest_framework.test import APIClient

from accounts.models import SignIn, User
from tests.token_auth.api import EMAIL_SENT, EMAIL_VERIFY, ME, TOKEN, client, mailed_link

REGISTER = "/api/auth/register/"
PASSWORD = "a house with a green door"
CREDENTIALS = {"email": "grace@example.com", "password": PASSWORD}
NEWCOMER = CREDENTIALS | {"email": "Grace@Example.com", "name": "Grace"}

pytestmark = pytest.mark.django_db


def test_a_newcomer_confirms_the_email_address_and_signs_in(
    api: APIClient, mailoutbox: list[EmailMessage]
) -> None:
    response = api.post(REGISTER, NEWCOMER)

    assert (response.status_code, response.json()) == (202, EMAIL_SENT)
    assert response["Cache-Control"] == "no-store"
    assert not response.cookies
    assert not SignIn.objects.exists()
    assert api.post(TOKEN, CREDENTIALS).status_code == 401
    assert [mail.to for mail in mailoutbox] == [["grace@example.com"]]
    assert api.post(EMAIL_VERIFY, mailed_link("verify_email")).status_code == 204
    me = client(api.post(TOKEN, CREDENTIALS).json()["access"]).get(ME).json()
    assert (me["name"], me["email_verified"]) == ("Grace", True)


def test_the_account_has_the_mailbox_that_was_typed(
    api: APIClient, mailoutbox: list[EmailMessage]
) -> None:
    """C02: an internationalized domain is its own mailbox."""
    assert api.post(REGISTER, NEWCOMER | {"email": "Grace@Straße.example"}).status_code == 202

    assert [mail.to for mail in mailoutbox] == [["grace@xn--strae-oqa.example"]]
    assert User.objects.get().email == "grace@xn--strae-oqa.example"
    response = api.post(TOKEN, CREDENTIALS | {"email": "grace@strasse.example"})
    assert response.status_code == 401


def test_another_unique_field_that_is_taken_is_named(
    api: APIClient, user: User, unique_name: None, mailoutbox: list[EmailMessage]
) -> None:
    """C07: it was 401, "Token is invalid"."""
    response = api.post(REGISTER, NEWCOMER | {"name": user.name})

    assert (response.status_code, list(response.json())) == (400, ["name"])
    assert mailoutbox == []
    assert api.post(REGISTER, NEWCOMER).status_code == 202


def test_a_name_is_optional_and_a_password_is_stored_as_typed(api: APIClient) -> None:
    body = CREDENTIALS | {"password": f" {PASSWORD} "}

    assert api.post(REGISTER, body).status_code == 202

    found = User.objects.get()
    assert found.name == ""
    assert found.check_password(f" {PASSWORD} ")
    assert not found.check_password(PASSWORD)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "nonsense"),
        ("email", "x" * 250 + "@example.com"),
        ("email", "gra\ud800ce@example.com"),
        ("email", "a@" + "\ufdfa" * 20 + ".org"),
        ("email", ["grace@example.com"]),
        ("password", "short"),
        ("password", "grace@example.com"),
        ("password", "x" * 5000),
        ("password", ["x"]),
        ("password", PASSWORD + "\ud800"),
        ("name", "x" * 151),
        ("name", {"first": "Grace"}),
    ],
    ids=lambda value: repr(value)[:24],
)
def test_an_unusable_value_is_refused(
    api: APIClient, mailoutbox: list[EmailMessage], field: str, value: Any
) -> None:
    body = json.dumps({**NEWCOMER, field: value})

    response = api.post(REGISTER, data=body, content_type="application/json")

    assert (response.status_code, list(response.json())) == (400, [field])
    assert not User.objects.exists()
    assert mailoutbox == []


def test_the_document_describes_registration(staff: APIClient) -> None:
    document = staff.get("/api/schema/").json()

    call = document["paths"][REGISTER]["post"]
    body = call["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    assert body == "#/components/schemas/RegistrationRequest"
    schema = document["components"]["schemas"]["RegistrationRequest"]
    assert {"email", "password"} <= set(schema["required"])
    assert call["security"] == [{}]
    assert set(call["responses"]) == {"202", "400", "415", "429"}
