"""The language of users, and of the emails to them."""

from dataclasses import replace

import pytest
from django.core import mail as outbox
from django.core.mail import EmailMultiAlternatives
from django.test import RequestFactory
from django.utils import translation
from pytest_django import Settings

from accounts import mail
from accounts.models import User
from accounts.services import passwords
from tests.accounts.conftest import Start
from tests.conftest import HERE
from web.client_info import get_client_info


@pytest.fixture(autouse=True)
def _two_languages(settings: Settings) -> None:
    settings.LANGUAGES = [("en", "English"), ("de", "Deutsch")]


@pytest.mark.parametrize(
    ("headers", "language"),
    [
        ({}, ""),
        ({"Accept-Language": "de-AT, en;q=0.5"}, "de"),
        ({"Accept-Language": "tlh, en"}, "en"),
        ({"Cookie": "django_language=de"}, "de"),
    ],
)
def test_client_may_ask_for_a_language(
    rf: RequestFactory, headers: dict[str, str], language: str
) -> None:
    assert get_client_info(rf.get("/", headers=headers)).language == language


def test_user_has_the_language_of_the_latest_sign_in_that_asked_for_one(
    user: User, start: Start
) -> None:
    for asked, stored in (("", ""), ("de", "de"), ("", "de"), ("en", "en")):
        start(user, f"{asked} {stored}", client=replace(HERE, language=asked))
        user.refresh_from_db()
        assert user.language == stored


def language_of_email() -> str:
    email = outbox.outbox[-1]
    assert isinstance(email, EmailMultiAlternatives)
    html = str(email.alternatives[0][0])
    return html.partition('<html lang="')[2][:2]


def test_emails_are_in_the_language_of_the_user(user: User) -> None:
    with translation.override("de"):
        mail.send("password_changed", user.email)
        assert language_of_email() == "de"
        mail.send("password_changed", user.email, language="en")
        assert language_of_email() == "en"
    User.objects.update(language="de")

    passwords.request_reset(user.email, client=HERE)

    assert language_of_email() == "de"
    assert translation.get_language() == "en"
