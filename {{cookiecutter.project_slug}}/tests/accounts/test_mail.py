"""Mails are handed over beside the answer, and a mail server that fails fails nobody else."""

import subprocess
import sys
from pathlib import Path
from threading import Event

import pytest
from django.core.mail import EmailMultiAlternatives
from pytest_django import Settings

from accounts.models import User
from accounts.services import passwords
from tests.conftest import HERE

ROOT = Path(__file__).resolve().parent.parent.parent


class SlowServer:
    """A mail server that takes nothing before it is told to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.go_on, self.taken = Event(), Event()
        monkeypatch.setattr(EmailMultiAlternatives, "send", lambda _: self.take())

    def take(self) -> int:
        assert self.go_on.wait(timeout=20)
        self.taken.set()
        return 1


def test_the_answer_does_not_wait_for_the_mail(
    user: User, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SEND_MAIL_IN_BACKGROUND = True
    server = SlowServer(monkeypatch)

    passwords.request_reset(user.email, HERE)

    assert not server.taken.is_set()
    server.go_on.set()
    assert server.taken.wait(timeout=20)


@pytest.mark.parametrize("error", [ConnectionRefusedError, TimeoutError])
def test_a_mail_server_that_fails_fails_nobody(
    user: User, monkeypatch: pytest.MonkeyPatch, error: type[OSError]
) -> None:
    def fail(_: object) -> None:
        raise error

    monkeypatch.setattr(EmailMultiAlternatives, "send", fail)

    passwords.request_reset(user.email, HERE)


def test_a_process_ends_when_its_mails_are_handed_over() -> None:
    script = """
from threading import Event
import django
django.setup()
from accounts import mail
ended = Event()
def slow(name, message):
    assert ended.wait(timeout=20)
    print("handed over", name)
mail._deliver = slow
from django.conf import settings
settings.SEND_MAIL_IN_BACKGROUND = True
mail._hand_over("notice", None)
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

    assert done.stdout.split("\n")[:2] == ["done", "handed over notice"]
