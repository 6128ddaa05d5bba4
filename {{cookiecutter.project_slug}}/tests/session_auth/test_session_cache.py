"""Sessions remain valid while the cache that makes them fast is unreachable."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import SignIn, User
from accounts.services import sign_ins
from session_auth.cache import OptionalRedisCache
from tests.session_auth.conftest import is_signed_in, log_in

# Nothing listens there, so connections are refused immediately.
UNREACHABLE = "redis://127.0.0.1:1/0"


@pytest.fixture
def held(settings: Settings) -> str:
    """Return the alias of a reachable cache for sessions, after adding an unreachable one."""
    found: str = settings.SESSION_CACHE_ALIAS
    backend = "session_auth.cache.OptionalRedisCache"
    options = {"BACKEND": backend, "LOCATION": UNREACHABLE, "KEY_PREFIX": "tests"}
    settings.CACHES = settings.CACHES | {"unreachable": options}
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
    return found


def test_unreachable_cache_is_empty() -> None:
    cache = OptionalRedisCache(UNREACHABLE, {})

    cache.set("key", "value")
    assert cache.get("key") is None
    assert cache.get("key", "default") == "default"
    assert cache.delete("key") is False
    assert "key" not in cache


def test_reachable_cache_stores_values(monkeypatch: pytest.MonkeyPatch) -> None:
    stored: dict[str, Any] = {}
    server = SimpleNamespace(
        get=stored.get,
        set=lambda key, value, _: stored.update({key: value}),
        delete=lambda key: stored.pop(key, None) is not None,
        has_key=stored.__contains__,
    )
    monkeypatch.setattr(OptionalRedisCache, "_cache", server)
    cache = OptionalRedisCache(UNREACHABLE, {})

    cache.set("key", {"a": 1}, 60)
    assert cache.get("key", "default") == {"a": 1}
    assert "key" in cache
    assert cache.delete("key") is True
    assert cache.get("key") is None
    assert "key" not in cache


def test_pages_work_while_the_cache_is_unreachable(
    held: str, settings: Settings, user: User
) -> None:
    settings.SESSION_CACHE_ALIAS = "unreachable"
    browser = log_in(user)

    assert is_signed_in(browser)
    assert browser.post("/accounts/profile/", {"name": "Countess"}).status_code == 302
    browser.post("/accounts/logout/")
    assert not is_signed_in(browser)


def test_sign_in_revoked_while_the_cache_is_unreachable_stays_revoked(
    held: str, settings: Settings, user: User, browser: Client
) -> None:
    """Also when the cache returns with what it held before."""
    settings.SESSION_CACHE_ALIAS = "unreachable"
    sign_ins.revoke_one(user, SignIn.objects.get().pk)
    assert not is_signed_in(browser)

    settings.SESSION_CACHE_ALIAS = held

    assert not is_signed_in(browser)
