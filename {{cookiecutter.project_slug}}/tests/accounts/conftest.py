"""Fixtures of the tests of accounts."""

from collections.abc import Callable

import pytest
from django.conf import settings as django_settings
from django.db import connections
from django.utils import timezone
from pytest_django import Settings

from accounts import background, mail
from accounts.models import User
from tests.conftest import PASSWORD


class Waiting:
    """Stands in for the threads: background work waits until the test finishes it."""

    def __init__(self) -> None:
        self.work: list[Callable[[], object]] = []

    def submit(self, function: Callable[..., object], *arguments: object) -> None:
        self.work.append(lambda: function(*arguments))

    def finish(self) -> None:
        while self.work:
            self.work.pop(0)()


@pytest.fixture
def waiting(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Waiting:
    """Have work done in the background, as in production, when the test says so."""
    work = Waiting()
    settings.SEND_MAIL_IN_BACKGROUND = True
    monkeypatch.setattr(background, "_threads", work)
    monkeypatch.setattr(mail, "_threads", work)
    # The test's own connection, which the work uses.
    monkeypatch.setattr(connections, "close_all", lambda: None)
    return work


@pytest.fixture(params=sorted(django_settings.SIGN_IN_LIMITS))
def kind(request: pytest.FixtureRequest) -> str:
    """Each kind of sign-in that this project knows."""
    return str(request.param)


@pytest.fixture
def low_limits(settings: Settings) -> None:
    """Limits that few attempts reach."""
    settings.RATE_LIMITS = {
        "account_and_ip": (3, 60),
        "ip": (6, 60),
        "account": (5, 60),
        "sign_ins": (50, 60),
        "links": (2, 60),
        "mail_to": (2, 60),
        "mail_from": (4, 60),
    }


@pytest.fixture
def other(db: None) -> User:
    """Another user who may sign in."""
    return User.objects.create_user(
        "grace@example.com", PASSWORD, email_verified_at=timezone.now()
    )
