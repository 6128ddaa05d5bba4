"""Fixtures of the tests of accounts."""

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings as django_settings
from django.core import mail as django_mail
from django.db import connections
from django.utils import timezone
from pytest_django import Settings
from time_machine import TimeMachineFixture

from accounts import background, mail
from accounts.models import SignIn, User
from accounts.services import sign_ins
from accounts.services.rate_limits import RateLimitExceededError
from accounts.signals import sign_ins_revoked
from tests.conftest import HERE
from web.client_info import ClientInfo

NEW_PASSWORD = "a train to the mountains"
# A kind of sign-in, for tests to which all are the same.
KIND = next(iter(django_settings.SIGN_IN_LIMITS))
PHONE = ClientInfo("203.0.113.9", "")
Start = Callable[..., SignIn]


def allows(attempt: Callable[..., object], *arguments: Any, **options: Any) -> bool:
    """Make an attempt, and return whether rate limits allow it."""
    try:
        attempt(*arguments, **options)
    except RateLimitExceededError:
        return False
    return True


def receivers() -> list[str]:
    """Return the address of each email that was sent."""
    return [message.to[0] for message in django_mail.outbox]


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
def start(kind: str) -> Start:
    """Start a sign-in, of each kind."""
    credentials = map(str, count())

    def start_sign_in(
        user: User, credential: str = "", client: ClientInfo = HERE, **options: Any
    ) -> SignIn:
        secret = credential or next(credentials)
        return sign_ins.start(user, kind, secret, client=client, **options)

    return start_sign_in


@pytest.fixture
def revoked() -> Iterator[list[UUID]]:
    """The sign-ins that were reported as revoked."""
    found: list[UUID] = []

    def receive(sign_ins: list[SignIn], **_: Any) -> None:
        found.extend(sign_in.pk for sign_in in sign_ins)

    sign_ins_revoked.connect(receive)
    yield found
    sign_ins_revoked.disconnect(receive)


@pytest.fixture
def now(clock: TimeMachineFixture) -> datetime:
    """The present, at which the clock stands still."""
    return timezone.now()


@pytest.fixture
def low_limits(settings: Settings) -> None:
    """Limits that few attempts reach."""
    settings.RATE_LIMITS = {
        "account_and_ip": (3, 60),
        "ip": (6, 60),
        "account": (5, 60),
        "sign_ins": (9, 60),
        "links": (2, 60),
        "mail_to": (2, 60),
        "mail_from": (4, 60),
    }
