"""Emails leave after the response, are retried, and never fail a request."""

import smtplib
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core import mail as django_mail
from django.core.mail import EmailMultiAlternatives
from django.template import TemplateDoesNotExist
from pytest_django import Settings

from accounts import background, mail
from accounts.console_mail import EmailBackend
from accounts.models import User
from accounts.services import passwords
from tests.accounts.conftest import NEW_PASSWORD, Waiting
from tests.conftest import HERE

ROOT = Path(__file__).resolve().parents[2]
CLOSED = smtplib.SMTPServerDisconnected()
REFUSED = LookupError("an API mailer")


class FailingServer:
    """A mail server that fails a number of times before it accepts a message."""

    def __init__(self, failures: list[Exception], monkeypatch: pytest.MonkeyPatch) -> None:
        self.failures = failures
        self.attempts = 0
        monkeypatch.setattr(EmailMultiAlternatives, "send", self.take)

    def take(self) -> int:
        self.attempts += 1
        if self.failures:
            raise self.failures.pop(0)
        return 1


@pytest.mark.parametrize(
    ("failures", "delays", "lost"),
    [
        ([CLOSED, TimeoutError()], [1, 5], False),
        ([REFUSED] * 9, [1, 5, 15], True),
        ([ValueError("Invalid address")], [], True),
    ],
)
def test_delivery_is_retried_then_given_up_and_logged(
    settings: Settings,
    waiting: Waiting,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    failures: list[Exception],
    delays: list[int],
    lost: bool,
) -> None:
    """C04, C10: for any exception; an email that cannot be encoded is not attempted again."""
    waited: list[float] = []
    monkeypatch.setattr(mail, "wait", waited.append)
    settings.MAIL_RETRY_DELAYS = (1, 5, 15)
    server = FailingServer([*failures], monkeypatch)

    mail.send("password_changed", "ada@example.com")
    assert server.attempts == 0
    waiting.finish()

    assert (server.attempts, waited) == (len(delays) + 1, delays)
    assert caplog.text.count("mail_failed") == lost


@pytest.mark.parametrize(
    "error",
    [ConnectionRefusedError(), UnicodeEncodeError("ascii", "x", 0, 1, "an encoding"), REFUSED],
    ids=repr,
)
def test_backend_that_raises_fails_no_request(
    user: User,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
) -> None:
    """C10."""
    server = FailingServer([error], monkeypatch)

    passwords.request_reset(user.email, client=HERE)

    assert server.attempts == 1
    assert "mail_failed" in caplog.text


def test_broken_template_fails_no_request(
    user: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """C10: the password is changed even if the notice cannot be rendered."""

    def fail(name: str, context: object) -> str:
        raise TemplateDoesNotExist(name)

    monkeypatch.setattr(mail, "render_to_string", fail)

    passwords.change(user, NEW_PASSWORD)

    assert "mail_failed" in caplog.text


def test_email_to_an_invalid_address_is_logged_and_not_sent(
    db: None, caplog: pytest.LogCaptureFixture
) -> None:
    """C02: such as that of an account that could not be converted."""
    mail.send("password_changed", "ada@exam\u200bple.com")

    assert django_mail.outbox == []
    assert "mail_failed" in caplog.text


def test_failed_background_work_is_logged_and_fails_no_request(
    db: None, waiting: Waiting, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        raise LookupError

    background.run(fail)
    waiting.finish()

    assert "background_work_failed" in caplog.text


def test_background_work_is_done_while_the_process_exits(db: None, settings: Settings) -> None:
    settings.SEND_MAIL_IN_BACKGROUND = True
    done: list[str] = []

    class Exiting:
        def submit(self, *_: object) -> None:
            raise RuntimeError

    background.run(lambda: done.append("done"), threads=Exiting())  # type: ignore[arg-type]

    assert done == ["done"]


def test_process_exits_after_its_emails_are_sent() -> None:
    script = """
from threading import Event
import django
django.setup()
from accounts import mail
from django.db import transaction
ended = Event()
def slow(message):
    assert ended.wait(timeout=20)
    print("sent", message.to)
mail._send = slow
transaction.on_commit = lambda work: work()
from django.conf import settings
settings.SEND_MAIL_IN_BACKGROUND = True
mail.send("password_changed", "ada@example.com")
print("done")
ended.set()
"""
    done = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={"DJANGO_SETTINGS_MODULE": "config.settings.test", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.splitlines() == ["done", "sent ['ada@example.com']"]


def test_email_has_text_and_html_and_a_subject_of_one_line(db: None) -> None:
    mail.send("password_changed", "ada@example.com")
    (message,) = django_mail.outbox
    assert isinstance(message, EmailMultiAlternatives)
    assert [kind for _, kind in message.alternatives] == ["text/html"]
    assert "\n" not in message.subject


def test_console_prints_a_link_once() -> None:
    """F17: the HTML version repeated it."""
    link = "http://localhost:8000/x/"
    message = EmailMultiAlternatives("Hello", f"Follow {link}", "a@b.org", ["ada@example.com"])
    message.attach_alternative(f'<a href="{link}">{link}</a>', "text/html")
    stream = StringIO()

    EmailBackend(stream=stream).send_messages([message])

    assert stream.getvalue().count(link) == 1
    assert "Subject: Hello\nTo: ada@example.com\n" in stream.getvalue()
