"""What the tests of every part share."""

import importlib
import os
import sys
from collections.abc import Callable, Iterator
from types import ModuleType

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import RequestFactory
from django.utils import timezone

from accounts.models import User
from web.client_info import ClientInfo

PASSWORD = "a long walk by the sea"
REQUEST = RequestFactory().get("/")
HERE = ClientInfo("192.0.2.1", "a browser")


@pytest.fixture(autouse=True)
def _clean_cache() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture(autouse=True)
def _commit_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run what waits for a commit at once: the transaction round a test never commits."""
    monkeypatch.setattr(transaction, "on_commit", lambda done, **_: done())


@pytest.fixture
def user(db: None) -> User:
    """Somebody who may sign in."""
    return User.objects.create_user(
        "ada@example.com", PASSWORD, name="Ada", email_verified_at=timezone.now()
    )


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
