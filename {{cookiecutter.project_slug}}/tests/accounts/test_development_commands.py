"""Commands for developers: users to try the service with, and a preview of emails."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from accounts.models import User


def run(*words: str) -> str:
    printed = StringIO()
    call_command(*words, stdout=printed)
    return printed.getvalue()


@pytest.mark.django_db
def test_demo_data_users_can_sign_in_after_each_run(settings: Settings) -> None:
    settings.DEBUG = True
    for _ in range(2):
        password = run("demo_data", "--users=2").split()[-1]

        users = list(User.objects.all())
        assert len(users) == 3
        assert [user.email for user in users if user.is_staff] == ["admin@example.com"]
        assert all(user.check_password(password) and user.email_verified_at for user in users)


@pytest.mark.django_db
def test_demo_data_creates_nothing_in_production(settings: Settings) -> None:
    settings.DEBUG = False
    with pytest.raises(CommandError, match="DEBUG"):
        run("demo_data")
    assert not User.objects.exists()


def test_preview_lists_the_emails() -> None:
    assert "password_reset" in run("preview_email").split()


def test_preview_prints_the_email_as_text_or_html() -> None:
    assert "Subject: " in run("preview_email", "password_reset")
    assert "</html>" in run("preview_email", "password_reset", "--html")


def test_preview_of_an_unknown_email_names_those_there_are() -> None:
    with pytest.raises(CommandError, match="password_reset"):
        run("preview_email", "nonsense")
