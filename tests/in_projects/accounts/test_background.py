"""Work in the background, of many threads, and with a cache whose clock is late."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest
from django.core.cache import caches
from django.utils import timezone
from pytest_django import Settings

from accounts.services import rate_limits
from accounts.services.rate_limits import RateLimitKey
from tests.accounts.conftest import allows

ROOT = Path(__file__).resolve().parents[2]
KEY = RateLimitKey("account_and_ip", "an owner")


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


def test_cache_whose_clock_is_late_prolongs_no_limit(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.RATE_LIMITS = {"account_and_ip": (1, 60)}
    assert [allows(rate_limits.consume, KEY) for _ in range(2)] == [True, False]
    later = timezone.now() + timedelta(seconds=61)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)

    assert allows(rate_limits.consume, KEY)


def test_concurrent_attempts_do_not_exceed_the_limit(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.RATE_LIMITS = {"account_and_ip": (3, 60)}
    # Each thread would open connections of its own, and leave them open.
    monkeypatch.setattr(rate_limits, "cache", caches["default"])
    threads = 50
    barrier = Barrier(threads)

    def take(_: int) -> bool:
        barrier.wait(timeout=20)
        return allows(rate_limits.consume, KEY)

    with ThreadPoolExecutor(threads) as pool:
        taken = sum(pool.map(take, range(threads)))
    left = sum(allows(rate_limits.consume, KEY) for _ in range(4))

    # Rejected attempts are not counted, and no more than the limit are allowed.
    assert taken + left == 3
