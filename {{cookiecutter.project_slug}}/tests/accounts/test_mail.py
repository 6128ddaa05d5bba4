"""Emails leave after the response, are retried, and never fail a request."""

import smtplib
import subprocess
import sys
from pathlib import Path

import pytest
from django.core import mail as django_mail
from django.core.mail import EmailMultiAlternatives
from django.template import TemplateDoesNotExist
from pytest_django import Settings

from accounts import background, mail
from accounts.models import User
from accounts.services import passwords
from tests.accounts.conftest import Waiting
from tests.conftest import HERE

ROOT = Path(__file__).resolve().parent.parent.parent


class FailingServer:
    """A mail server that fails a number of times before it accepts a message."""

    def __init__(self, failures: list[Exception]) -> None:
        self.failures = failures
        self.attempts = 0

    def take(self) -> int:
        self.attempts += 1
        if self.failures:
            raise self.failures.pop(0)
        return 1


@pytest.fixture
def delays(settings: Settings, monkeypatch: pytest.MonkeyPatch, waiting: Waiting) -> list[float]:
    """The seconds that were waited; nothing waits in fact."""
    waited: list[float] = []
    monkeypatch.setattr(mail, "wait", waited.append)
    settings.MAIL_RETRY_DELAYS = (1, 5, 15)
    return waited


def test_the_response_does_not_wait_for_the_email(user: User, waiting: Waiting) -> None:
    passwords.request_reset(user.email, client=HERE)

    assert django_mail.outbox == []
    waiting.finish()
    assert [message.to for message in django_mail.outbox] == [[user.email]]


def test_delivery_is_attempted_again_after_a_failure(
    delays: list[float],
    waiting: Waiting,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """C10: the mail server closes the connection."""
    server = FailingServer([smtplib.SMTPServerDisconnected(), TimeoutError()])
    monkeypatch.setattr(EmailMultiAlternatives, "send", server.take)

    mail.send("password_changed", "ada@example.com")
    waiting.finish()

    assert (server.attempts, delays) == (3, [1, 5])
    assert "mail_failed" not in caplog.text


def test_delivery_is_given_up_after_a_few_attempts_and_logged(
    delays: list[float],
    waiting: Waiting,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """C10: for any exception of the backend."""
    server = FailingServer([LookupError("an API mailer")] * 9)
    monkeypatch.setattr(EmailMultiAlternatives, "send", server.take)

    mail.send("password_changed", "ada@example.com")
    waiting.finish()

    assert (server.attempts, delays) == (4, [1, 5, 15])
    assert caplog.text.count("mail_failed") == 1


def test_an_email_that_cannot_be_encoded_is_not_attempted_again(
    delays: list[float],
    waiting: Waiting,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """C04: it failed in the thread, unlogged."""
    server = FailingServer([ValueError("Invalid address")])
    monkeypatch.setattr(EmailMultiAlternatives, "send", server.take)

    mail.send("password_changed", "ada@example.com")
    waiting.finish()

    assert (server.attempts, delays) == (1, [])
    assert "mail_failed" in caplog.text


@pytest.mark.parametrize(
    "error",
    [
        ConnectionRefusedError(),
        smtplib.SMTPRecipientsRefused({}),
        ValueError("a header"),
        UnicodeEncodeError("ascii", "x", 0, 1, "an encoding"),
        LookupError("an API mailer"),
    ],
    ids=repr,
)
def test_a_backend_that_raises_anything_fails_no_request(
    user: User,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
) -> None:
    """C10."""
    server = FailingServer([error])
    monkeypatch.setattr(EmailMultiAlternatives, "send", server.take)

    passwords.request_reset(user.email, client=HERE)

    assert server.attempts == 1
    assert "mail_failed" in caplog.text


def test_a_broken_template_fails_no_request(
    user: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """C10: the password is changed even if the notice cannot be rendered."""

    def fail(name: str, context: object) -> str:
        raise TemplateDoesNotExist(name)

    monkeypatch.setattr(mail, "render_to_string", fail)

    passwords.change(user, "a train to the mountains")

    assert "mail_failed" in caplog.text


def test_an_email_to_an_address_that_is_not_valid_is_logged_and_not_sent(
    db: None, caplog: pytest.LogCaptureFixture
) -> None:
    """C02: such as that of an account that could not be converted."""
    mail.send("password_changed", "ada@exam\u200bple.com")

    assert django_mail.outbox == []
    assert "mail_failed" in caplog.text


def test_background_work_that_fails_is_logged_and_fails_no_request(
    db: None, waiting: Waiting, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        raise LookupError

    background.run(fail)
    waiting.finish()

    assert "background_work_failed" in caplog.text


def test_background_work_is_done_even_while_the_process_exits(
    db: None, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SEND_MAIL_IN_BACKGROUND = True
    done: list[str] = []

    class Exiting:
        def submit(self, *_: object) -> None:
            raise RuntimeError

    background.run(lambda: done.append("done"), threads=Exiting())  # type: ignore[arg-type]

    assert done == ["done"]


def test_a_process_exits_after_its_emails_are_sent() -> None:
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
    environment = {
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    done = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, "-c", script],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.splitlines() == ["done", "sent ['ada@example.com']"]


def test_an_email_has_text_and_html_and_a_subject_of_one_line(db: None) -> None:
    mail.send("password_changed", "ada@example.com")
    (message,) = django_mail.outbox
    assert isinstance(message, EmailMultiAlternatives)
    assert [kind for _, kind in message.alternatives] == ["text/html"]
    assert "\n" not in message.subject
