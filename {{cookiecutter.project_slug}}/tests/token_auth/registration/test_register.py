import json
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import SignIn, User
from tests.token_auth.api import TOKEN, client, parts_of_link, sign_in

REGISTER = "/api/auth/register/"
PASSWORD = "a house with a green door"
NEWCOMER = {"email": "Grace@Example.com", "password": PASSWORD, "name": "Grace"}
ANSWER = {
    "detail": "If this email address can be used, we have sent an email to it. Check your inbox."
}

pytestmark = pytest.mark.django_db


def test_a_newcomer_confirms_the_address_and_signs_in(
    api: APIClient, mailoutbox: list[EmailMessage]
) -> None:
    credentials = {"email": "grace@example.com", "password": PASSWORD}

    response = api.post(REGISTER, NEWCOMER)

    assert (response.status_code, response.json()) == (202, ANSWER)
    assert response["Cache-Control"] == "no-store"
    assert api.post(TOKEN, credentials).status_code == 401
    (mail,) = mailoutbox
    assert mail.to == ["grace@example.com"]
    token = parts_of_link("verify_email", str(mail.body))["token"]
    assert api.post("/api/auth/email/verify/", {"token": token}).status_code == 204
    answer = api.post(TOKEN, credentials)
    assert answer.status_code == 200
    me = client(answer.json()["access"]).get("/api/auth/me/").json()
    assert (me["name"], me["email_verified"]) == ("Grace", True)


def test_the_account_has_the_mailbox_that_was_typed(
    api: APIClient, mailoutbox: list[EmailMessage]
) -> None:
    """C02: an internationalized domain is its own mailbox."""
    assert api.post(REGISTER, NEWCOMER | {"email": "Grace@Straße.example"}).status_code == 202

    assert [mail.to for mail in mailoutbox] == [["grace@xn--strae-oqa.example"]]
    assert User.objects.get().email == "grace@xn--strae-oqa.example"
    found = api.post(TOKEN, {"email": "grace@strasse.example", "password": PASSWORD})
    assert found.status_code == 401


def test_another_unique_field_that_is_taken_is_named(
    api: APIClient, user: User, unique_name: None, mailoutbox: list[EmailMessage]
) -> None:
    """C07: it was 401, "Token is invalid"."""
    response = api.post(REGISTER, NEWCOMER | {"name": user.name})

    assert (response.status_code, list(response.json())) == (400, ["name"])
    assert mailoutbox == []
    assert api.post(REGISTER, NEWCOMER).status_code == 202


def test_a_name_is_optional(api: APIClient) -> None:
    body = {"email": "grace@example.com", "password": PASSWORD}

    assert api.post(REGISTER, body).status_code == 202
    assert User.objects.get().name == ""


def test_a_taken_address_gets_the_same_answer_and_its_owner_a_mail(
    api: APIClient, user: User, mailoutbox: list[EmailMessage]
) -> None:
    before = User.objects.values().get()

    response = api.post(REGISTER, NEWCOMER | {"email": "ADA@example.com"})

    assert (response.status_code, response.json()) == (202, ANSWER)
    assert User.objects.values().get() == before
    (mail,) = mailoutbox
    assert mail.to == [user.email]
    assert "/verify-email" not in str(mail.body)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("is_staff", True),
        ("is_superuser", True),
        ("is_active", False),
        ("email_verified", True),
        ("email_verified_at", "2020-01-01T00:00:00Z"),
        ("id", "00000000-0000-4000-8000-000000000000"),
        ("groups", [1]),
        ("date_joined", "2000-01-01T00:00:00Z"),
    ],
)
def test_a_newcomer_chooses_nothing_else(api: APIClient, field: str, value: Any) -> None:
    before = timezone.now()

    assert api.post(REGISTER, {**NEWCOMER, field: value}).status_code == 202

    found = User.objects.get()
    assert (found.is_active, found.is_staff, found.is_superuser) == (True, False, False)
    assert found.email_verified_at is None
    assert found.date_joined >= before
    assert str(found.pk) != value


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "nonsense"),
        ("email", "x" * 250 + "@example.com"),
        ("email", ""),
        ("email", None),
        ("email", "gra\x00ce@example.com"),
        ("email", "gra\ud800ce@example.com"),
        ("email", "grace@\ud800.com"),
        ("email", "a@" + "\ufdfa" * 20 + ".org"),
        ("email", "alice@exam\u200bple.org"),
        ("email", "a@evil\uff20example.org"),
        ("email", "a@[127.0.0.1]"),
        ("email", '"grace"@example.com'),
        ("email", "x" * 10_000 + "@example.com"),
        ("email", ["grace@example.com"]),
        ("email", {"a": 1}),
        ("email", True),
        ("password", "short"),
        ("password", "password1234"),
        ("password", "grace@example.com"),
        ("password", "x" * 129),
        ("password", "x" * 5000),
        ("password", ""),
        ("password", None),
        ("password", ["x"]),
        ("password", PASSWORD + "\x00"),
        ("password", PASSWORD + "\ud800"),
        ("name", "x" * 151),
        ("name", None),
        ("name", {"first": "Grace"}),
    ],
    ids=lambda value: repr(value)[:24],
)
def test_what_cannot_be_used_is_refused(
    api: APIClient, mailoutbox: list[EmailMessage], field: str, value: Any
) -> None:
    body = json.dumps({**NEWCOMER, field: value})

    response = api.post(REGISTER, data=body, content_type="application/json")

    assert response.status_code == 400
    assert list(response.json()) == [field]
    assert not User.objects.exists()
    assert mailoutbox == []


@pytest.mark.parametrize("missing", ["email", "password"])
def test_a_missing_field_is_named(api: APIClient, missing: str) -> None:
    response = api.post(REGISTER, {k: v for k, v in NEWCOMER.items() if k != missing})

    assert response.status_code == 400
    assert list(response.json()) == [missing]


def test_a_password_is_kept_as_it_was_typed(api: APIClient) -> None:
    api.post(REGISTER, NEWCOMER | {"password": f" {PASSWORD} "})

    found = User.objects.get()
    assert found.check_password(f" {PASSWORD} ")
    assert not found.check_password(PASSWORD)


def test_registering_signs_nobody_in(api: APIClient) -> None:
    response = api.post(REGISTER, NEWCOMER)

    assert set(response.json()) == {"detail"}
    assert not response.cookies
    assert not SignIn.objects.exists()


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete"])
def test_another_method_is_refused(api: APIClient, method: str) -> None:
    assert getattr(api, method)(REGISTER).status_code == 405


@pytest.mark.parametrize(
    "content_type", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
)
def test_a_form_is_not_read(api: APIClient, content_type: str) -> None:
    response = api.post(REGISTER, data="email=a@b.org", content_type=content_type)

    assert response.status_code == 415


def test_the_document_describes_registration(user: User) -> None:
    user.is_staff = True
    user.save()

    document = client(sign_in(user)["access"]).get("/api/schema/").json()

    call = document["paths"][REGISTER]["post"]
    body = call["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    assert body == "#/components/schemas/RegistrationRequest"
    assert document["components"]["schemas"]["RegistrationRequest"]["required"] == [
        "email",
        "password",
    ]
    assert call["security"] == [{}]
    assert set(call["responses"]) == {"202", "400", "415", "429"}
