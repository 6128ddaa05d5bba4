"""Fixtures that the tests of all packages share."""

import importlib
import os
import re
import sys
from collections.abc import Callable, Iterator
from secrets import token_hex
from types import ModuleType
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core import mail
from django.core.cache import caches
from django.db import transaction
from django.db.models import UniqueConstraint
from django.test import RequestFactory
from django.utils import timezone
from pytest_django import Settings
from redis import Redis
from time_machine import TimeMachineFixture

from accounts.models import User
from web.client_info import ClientInfo

PASSWORD = "a long walk by the sea"
REQUEST = RequestFactory().get("/")
# Of this process alone: others may run at the same time, with the same Redis.
KEY_PREFIX = f"tests-{token_hex(8)}-"
HERE = ClientInfo("192.0.2.1", "a browser")


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    empty_cache()


def empty_cache() -> None:
    """Use an empty part of the cache from now on; keys of others are not touched."""
    prefix = f"{KEY_PREFIX}{token_hex(8)}"
    for alias, options in caches.settings.items():
        caches[alias].key_prefix = prefix
        # Other threads make their own caches.
        options["KEY_PREFIX"] = prefix


@pytest.fixture(scope="session", autouse=True)
def _delete_keys() -> Iterator[None]:
    """Delete what the tests of this process have left in Redis."""
    yield
    delete_keys(django_settings.CACHES["default"].get("LOCATION", ""), KEY_PREFIX)


def delete_keys(redis_url: str, prefix: str) -> None:
    """Delete the keys of a Redis that begin with a prefix; without a URL, there are none."""
    if redis_url:
        with Redis.from_url(redis_url) as client:
            for key in client.scan_iter(f"{prefix}*", count=1000):
                client.delete(key)


def parts_of_link(name: str, text: str) -> dict[str, str]:
    """Return the parts of a link in an email, which confirm it."""
    pattern = re.escape(django_settings.MAIL_LINK_ORIGIN + django_settings.MAIL_LINK_PATHS[name])
    pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[\\w.:=-]+)", pattern)
    found = re.search(pattern, text)
    assert found, text
    return found.groupdict()


def mailed_link(name: str) -> dict[str, str]:
    """Return the parts of the link in the last email."""
    return parts_of_link(name, str(mail.outbox[-1].body))


class UnreachableCache:
    """A cache whose server does not respond."""

    def __getattr__(self, _: str) -> Any:
        raise ConnectionError


class Changes:
    """Changes of a user and of the settings, which may end sign-ins."""

    def __init__(self, user: User, settings: Settings) -> None:
        self.user, self.settings = user, settings

    def change(self, **values: Any) -> None:
        user = User.objects.get(pk=self.user.pk)
        for name, value in values.items():
            setattr(user, name, value)
        user.save()

    def change_the_secret(self, *, fallback: bool) -> None:
        self.settings.SECRET_KEY_FALLBACKS = [self.settings.SECRET_KEY] if fallback else []
        self.settings.SECRET_KEY = "another-" + "y" * 60


@pytest.fixture(autouse=True)
def _commit_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run callbacks on commit immediately: the transaction of a test never commits."""
    monkeypatch.setattr(transaction, "on_commit", lambda done, **_: done())


@pytest.fixture
def user(db: None) -> User:
    """A user who may sign in."""
    return User.objects.create_user(
        "ada@example.com", PASSWORD, name="Ada", email_verified_at=timezone.now()
    )


@pytest.fixture
def other(db: None) -> User:
    """Another user who may sign in."""
    return User.objects.create_user(
        "grace@example.com", PASSWORD, email_verified_at=timezone.now()
    )


@pytest.fixture
def clock(time_machine: TimeMachineFixture) -> TimeMachineFixture:
    """A clock that stands still, at a full second, until a test moves it."""
    time_machine.move_to(timezone.now().replace(microsecond=0), tick=False)
    return time_machine


@pytest.fixture
def without_rate_limits(settings: Settings) -> None:
    """Allow a test as many attempts as it needs."""
    settings.RATE_LIMITS = dict.fromkeys(settings.RATE_LIMITS, (10_000, 60))


@pytest.fixture
def unique_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have no two users with one name, as if a team had made this field unique."""
    constraint = UniqueConstraint(fields=["name"], name="user_name_unique")
    monkeypatch.setattr(User._meta, "constraints", [*User._meta.constraints, constraint])  # noqa: SLF001 - Django's documented name


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, dict[str, str]], ModuleType]:
    """Load a settings module afresh, in an environment that holds what is given and no more."""

    def fresh(name: str, environment: dict[str, str]) -> ModuleType:
        for module in [name for name in sys.modules if name.startswith("config.settings.")]:
            monkeypatch.delitem(sys.modules, module)
        for variable in os.environ:
            if variable.isupper() and variable not in {"PATH", "HOME"}:
                monkeypatch.delenv(variable)
        for variable, value in environment.items():
            monkeypatch.setenv(variable, value)
        return importlib.import_module(f"config.settings.{name}")

    return fresh
