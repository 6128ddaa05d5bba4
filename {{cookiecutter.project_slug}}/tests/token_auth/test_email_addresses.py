"""Confirming an email address, and changing it."""

import json

import pytest
from django.core.mail import EmailMessage
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import User
from tests.conftest import PASSWORD
from tests.token_auth.api import (
    CREDENTIALS,
    EMAIL_CHANGE,
    EMAIL_RESEND,
    EMAIL_SENT,
    EMAIL_VERIFY,
    ME,
    PASSWORD_RESET,
    TOKEN,
    Pair,
    client,
    mailed_link,
)

NEW = "ada@example.org"
CHANGE = {"email": NEW, "password": PASSWORD}


def test_a_link_confirms_the_email_address_once(api: APIClient, user: User) -> None:
    User.objects.update(email_verified_at=None)
    assert api.post(TOKEN, CREDENTIALS).status_code == 401
    response = api.post(EMAIL_RESEND, {"email": user.email})
    assert (response.status_code, response.json()) == (202, EMAIL_SENT)

    first, second = (api.post(EMAIL_VERIFY, mailed_link("verify_email")) for _ in range(2))

    assert (first.status_code, first.content) == (204, b"")
    assert (second.status_code, list(second.json())) == (400, ["token"])
    assert api.post(TOKEN, CREDENTIALS).status_code == 200


@pytest.mark.parametrize("token", ["..", "\u00e9", "x" * 10_000, "{access}", "{refresh}"])
def test_other_texts_confirm_nothing(api: APIClient, pair: Pair, token: str) -> None:
    response = api.post(EMAIL_VERIFY, {"token": token.format(**pair)})

    assert (response.status_code, list(response.json())) == (400, ["token"])


def test_an_email_address_changes_when_the_link_is_followed_and_the_old_one_is_notified(
    api: APIClient, signed_in: APIClient, mailoutbox: list[EmailMessage]
) -> None:
    response = signed_in.post(EMAIL_CHANGE, CHANGE | {"email": "Ada@Example.ORG"})

    assert (response.status_code, response.json()) == (202, EMAIL_SENT)
    assert signed_in.get(ME).json()["email"] == "ada@example.com"
    assert [mail.to for mail in mailoutbox] == [[NEW]]
    assert api.post(EMAIL_VERIFY, mailed_link("verify_email")).status_code == 204
    assert api.post(TOKEN, CREDENTIALS).status_code == 401
    notice = mailoutbox[1]
    assert notice.to == ["ada@example.com"]
    assert NEW not in str(notice.body)
    assert api.post(TOKEN, CHANGE).status_code == 200


def test_without_the_password_no_email_is_sent(
    signed_in: APIClient, mailoutbox: list[EmailMessage]
) -> None:
    response = signed_in.post(EMAIL_CHANGE, CHANGE | {"password": f"{PASSWORD} "})

    assert (response.status_code, list(response.json())) == (400, ["password"])
    assert mailoutbox == []


@pytest.mark.parametrize(
    "typed",
    [
        "x@",
        "a@" + "\ufdfa" * 20 + ".org",
        "a@evil\ud800.org",
        "a\0@example.org",
        "a@[::1]",
        "x" * 10_000 + "@example.org",
    ],
    ids=lambda typed: ascii(typed)[:24],
)
def test_what_is_not_an_email_address_is_refused_everywhere(
    signed_in: APIClient, mailoutbox: list[EmailMessage], typed: str
) -> None:
    """C01, C02, C04."""
    # json.dumps writes a lone surrogate as an escape, which is how a client may send it.
    body = json.dumps({"email": typed, "password": PASSWORD})
    for path in (PASSWORD_RESET, EMAIL_RESEND, EMAIL_CHANGE):
        response = signed_in.post(path, data=body, content_type="application/json")
        assert (response.status_code, list(response.json())) == (400, ["email"]), path
    response = client().post(TOKEN, data=body, content_type="application/json")
    assert response.status_code in {400, 401}
    assert mailoutbox == []


@pytest.mark.django_db
def test_an_internationalized_email_address_signs_in_and_is_mailed_as_typed(
    api: APIClient, mailoutbox: list[EmailMessage]
) -> None:
    """C02."""
    User.objects.create_user("grace@straße.example", PASSWORD, email_verified_at=timezone.now())
    for typed in ("Grace@STRASSE.example", "grace@straße.example", "grace@xn--strae-oqa.example"):
        status = 401 if "STRASSE" in typed else 200
        assert api.post(TOKEN, {"email": typed, "password": PASSWORD}).status_code == status
        assert api.post(PASSWORD_RESET, {"email": typed}).status_code == 202
    assert [mail.to for mail in mailoutbox] == [["grace@xn--strae-oqa.example"]] * 2
