"""The language of emails."""

from django.core import mail as django_mail
from django.core.mail import EmailMultiAlternatives
from django.utils import translation
from pytest_django import Settings

from accounts import mail
from accounts.models import User
from accounts.services import passwords
from tests.conftest import HERE


def language_of_email() -> str:
    email = django_mail.outbox[-1]
    assert isinstance(email, EmailMultiAlternatives)
    return str(email.alternatives[0][0]).partition('<html lang="')[2][:2]


def test_emails_are_in_the_language_of_the_user(user: User, settings: Settings) -> None:
    settings.LANGUAGES = [("en", "English"), ("de", "Deutsch")]
    with translation.override("de"):
        mail.send("password_changed", user.email)
        assert language_of_email() == "de"
        mail.send("password_changed", user.email, language="en")
        assert language_of_email() == "en"
    User.objects.update(language="de")

    passwords.request_reset(user.email, client=HERE)

    assert language_of_email() == "de"
    assert translation.get_language() == "en"
