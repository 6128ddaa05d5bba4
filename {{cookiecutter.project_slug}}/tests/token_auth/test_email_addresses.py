import json
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import User
from tests.conftest import PASSWORD
from tests.token_auth.api import (
    ME,
    TOKEN,
    Pair,
    accepts_access,
    client,
    is_dead,
    parts_of_link,
    sign_in,
)

VERIFY = "/api/auth/email/verify/"
RESEND = "/api/auth/email/verify/resend/"
CHANGE = "/api/auth/email/change/"
NEW = "ada@example.org"
ANSWER = {
    "detail": "If this email address can be used, we have sent an email to it. Check your inbox."
}


def token_in(mail: EmailMessage) -> str:
    return parts_of_link("verify_email", str(mail.body))["token"]


@pytest.fixture
def waiting(user: User) -> User:
    """A user whose address is not confirmed yet."""
    user.email_verified_at = None
    user.save()
    return user


def test_following_the_link_opens_the_account(
    api: APIClient, waiting: User, mailoutbox: list[EmailMessage]
) -> None:
    credentials = {"email": waiting.email, "password": PASSWORD}
    assert api.post(TOKEN, credentials).status_code == 401
    api.post(RESEND, {"email": waiting.email})

    response = api.post(VERIFY, {"token": token_in(mailoutbox[0])})

    assert (response.status_code, response.content) == (204, b"")
    assert api.post(TOKEN, credentials).status_code == 200


def test_a_link_is_good_once(
    api: APIClient, waiting: User, mailoutbox: list[EmailMessage]
) -> None:
    api.post(RESEND, {"email": waiting.email})
    body = {"token": token_in(mailoutbox[0])}

    answers = [api.post(VERIFY, body) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [204, 400]
    assert list(answers[1].json()) == ["token"]


@pytest.mark.parametrize(("late", "status"), [(-1, 204), (0, 204), (1, 400)])
def test_a_link_is_valid_as_long_as_the_settings_say(
    api: APIClient,
    waiting: User,
    mailoutbox: list[EmailMessage],
    time_machine: time_machine.TimeMachineFixture,
    late: int,
    status: int,
) -> None:
    asked = timezone.now().replace(microsecond=0)
    time_machine.move_to(asked, tick=False)
    api.post(RESEND, {"email": waiting.email})

    time_machine.move_to(asked + timedelta(seconds=settings.EMAIL_LINK_TIMEOUT + late))

    assert api.post(VERIFY, {"token": token_in(mailoutbox[0])}).status_code == status


@pytest.mark.parametrize("token", ["x", "a.b.c", "..", "\u00e9", "x" * 10_000])
def test_a_link_that_is_not_ours_is_refused(api: APIClient, waiting: User, token: str) -> None:
    response = api.post(VERIFY, {"token": token})

    assert response.status_code == 400
    assert list(response.json()) == ["token"]


def test_no_other_token_confirms_an_address(api: APIClient, user: User, pair: Pair) -> None:
    for token in (pair["access"], pair["refresh"]):
        assert api.post(VERIFY, {"token": token}).status_code == 400


@pytest.mark.parametrize(
    ("email", "state", "emails"),
    [
        ("ada@example.com", {}, 1),
        ("nobody@example.com", {}, 0),
        ("ada@example.com", {"email_verified_at": timezone.now()}, 0),
        ("ada@example.com", {"is_active": False}, 0),
    ],
    ids=["waiting", "unknown", "confirmed", "inactive"],
)
def test_asking_for_a_link_tells_nothing(
    api: APIClient,
    waiting: User,
    mailoutbox: list[EmailMessage],
    email: str,
    state: dict[str, object],
    emails: int,
) -> None:
    User.objects.filter(pk=waiting.pk).update(**state)

    response = api.post(RESEND, {"email": email})

    assert (response.status_code, response.json()) == (202, ANSWER)
    assert len(mailoutbox) == emails


def test_an_account_moves_when_the_link_is_followed(
    api: APIClient, signed_in: APIClient, user: User, mailoutbox: list[EmailMessage]
) -> None:
    response = signed_in.post(CHANGE, {"email": "Ada@Example.ORG", "password": PASSWORD})

    assert (response.status_code, response.json()) == (202, ANSWER)
    assert signed_in.get(ME).json()["email"] == "ada@example.com"
    (mail,) = mailoutbox
    assert mail.to == [NEW]

    assert api.post(VERIFY, {"token": token_in(mail)}).status_code == 204

    answers = [
        api.post(TOKEN, {"email": email, "password": PASSWORD}).status_code
        for email in ("ada@example.com", NEW)
    ]
    assert answers == [401, 200]
    told = mailoutbox[1]
    assert told.to == ["ada@example.com"]
    assert NEW not in str(told.body)


def test_moving_ends_the_sign_ins_before(
    api: APIClient,
    signed_in: APIClient,
    other: User,
    pair: Pair,
    mailoutbox: list[EmailMessage],
) -> None:
    others = sign_in(other)
    signed_in.post(CHANGE, {"email": NEW, "password": PASSWORD})

    api.post(VERIFY, {"token": token_in(mailoutbox[0])})

    assert is_dead(pair)
    assert accepts_access(others)


@pytest.mark.parametrize("password", ["wrong", f"{PASSWORD} "])
def test_without_the_password_no_mail_is_sent(
    signed_in: APIClient, mailoutbox: list[EmailMessage], password: str
) -> None:
    response = signed_in.post(CHANGE, {"email": NEW, "password": password})

    assert response.status_code == 400
    assert list(response.json()) == ["password"]
    assert mailoutbox == []


def test_a_taken_address_gives_the_same_answer(
    signed_in: APIClient, other: User, mailoutbox: list[EmailMessage]
) -> None:
    response = signed_in.post(CHANGE, {"email": other.email, "password": PASSWORD})

    assert (response.status_code, response.json()) == (202, ANSWER)
    (mail,) = mailoutbox
    assert mail.to == [other.email]
    assert "/verify-email" not in str(mail.body)


def test_an_address_taken_meanwhile_is_refused(
    api: APIClient, signed_in: APIClient, mailoutbox: list[EmailMessage]
) -> None:
    signed_in.post(CHANGE, {"email": NEW, "password": PASSWORD})
    User.objects.create_user(NEW, PASSWORD)

    assert api.post(VERIFY, {"token": token_in(mailoutbox[0])}).status_code == 400


@pytest.mark.parametrize("email", ["x", "x@", "@x.org", "a b@example.org", "ada@localhost\n."])
def test_an_address_that_is_none_is_refused(signed_in: APIClient, email: str) -> None:
    for path in (CHANGE, RESEND, "/api/auth/password/reset/"):
        response = signed_in.post(path, {"email": email, "password": PASSWORD})

        assert response.status_code == 400
        assert list(response.json()) == ["email"]


NOT_AN_EMAIL = [
    "a@" + "\ufdfa" * 20 + ".org",
    "alice@exam\u200bple.org",
    "a@evil\uff20example.org",
    "a@evil\ud800.org",
    "a\0@example.org",
    "a@example.org\r\nBcc: b@example.org",
    "a@[::1]",
    "a@xn--.org",
    "x" * 10_000 + "@example.org",
    "\ufdfa" * 10_000,
]


@pytest.mark.parametrize("typed", NOT_AN_EMAIL, ids=lambda typed: ascii(typed)[:24])
def test_what_is_not_an_email_address_is_refused_everywhere(
    user: User, mailoutbox: list[EmailMessage], typed: str
) -> None:
    """C01, C02, C04."""
    signed_in = client(sign_in(user)["access"])
    bodies = {
        "/api/auth/password/reset/": {"email": typed},
        "/api/auth/email/verify/resend/": {"email": typed},
        "/api/auth/email/change/": {"email": typed, "password": PASSWORD},
    }
    for path, body in bodies.items():
        response = signed_in.post(path, data=json.dumps(body), content_type="application/json")
        assert (response.status_code, list(response.json())) == (400, ["email"]), path
    credentials = json.dumps({"email": typed, "password": PASSWORD})
    response = client().post(TOKEN, data=credentials, content_type="application/json")
    assert response.status_code in {400, 401}
    assert mailoutbox == []


def test_an_internationalized_email_address_signs_in_and_is_mailed_as_typed(
    db: None, mailoutbox: list[EmailMessage]
) -> None:
    """C02."""
    User.objects.create_user("grace@straße.example", PASSWORD, email_verified_at=timezone.now())
    for typed in ("Grace@STRASSE.example", "grace@straße.example", "grace@xn--strae-oqa.example"):
        status = 401 if "STRASSE" in typed else 200
        response = client().post(TOKEN, {"email": typed, "password": PASSWORD})
        assert response.status_code == status
        assert client().post("/api/auth/password/reset/", {"email": typed}).status_code == 202
    assert [mail.to for mail in mailoutbox] == [["grace@xn--strae-oqa.example"]] * 2
