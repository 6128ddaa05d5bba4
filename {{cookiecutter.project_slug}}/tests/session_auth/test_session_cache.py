"""Sessions go on while the cache that makes them fast is away."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import SignIn, User
from accounts.services import sign_ins
from session_auth.cache import OptionalRedisCache
from tests.conftest import PASSWORD
from tests.session_auth.conftest import is_signed_in

# Nothing listens there, so connections are refused immediately.
AWAY = "redis://127.0.0.1:1/0"
BACKEND = "session_auth.cache.OptionalRedisCache"


def use(settings: Settings, location: str) -> None:
    settings.CACHES = settings.CACHES | {
        "sessions": {"BACKEND": BACKEND, "LOCATION": location, "KEY_PREFIX": "tests"}
    }
    settings.SESSION_CACHE_ALIAS = "sessions"
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"


def test_without_a_server_nothing_is_found_and_nothing_fails() -> None:
    cache = OptionalRedisCache(AWAY, {})

    cache.set("key", "value")
    assert cache.get("key") is None
    assert cache.get("key", "default") == "default"
    assert cache.delete("key") is False
    assert "key" not in cache


class Server:
    """What a client of Redis does, in memory."""

    def __init__(self) -> None:
        self.held: dict[str, Any] = {}

    def get(self, key: str, default: Any) -> Any:
        return self.held.get(key, default)

    def set(self, key: str, value: Any, timeout: float | None) -> None:
        if timeout is None or timeout > 0:
            self.held[key] = value

    def delete(self, key: str) -> bool:
        return self.held.pop(key, None) is not None

    def has_key(self, key: str) -> bool:
        return key in self.held


def test_with_a_server_it_is_a_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(OptionalRedisCache, "_cache", Server())
    cache = OptionalRedisCache(AWAY, {})

    cache.set("key", {"a": 1}, 60)
    assert cache.get("key", "default") == {"a": 1}
    assert "key" in cache
    assert cache.delete("key") is True
    assert cache.get("key") is None
    assert "key" not in cache


def test_pages_work_while_it_is_away(settings: Settings, user: User) -> None:
    use(settings, AWAY)
    browser = Client()

    browser.post("/accounts/login/", {"username": user.email, "password": PASSWORD})

    assert is_signed_in(browser)
    assert browser.post("/accounts/profile/", {"name": "Countess"}).status_code == 302
    browser.post("/accounts/logout/")
    assert not is_signed_in(browser)


def test_what_ends_while_it_is_away_has_ended(settings: Settings, user: User) -> None:
    """Also where it comes back with what it held before."""
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
    browser = Client()
    browser.post("/accounts/login/", {"username": user.email, "password": PASSWORD})
    held = settings.SESSION_CACHE_ALIAS
    use(settings, AWAY)
    sign_ins.revoke_one(user, SignIn.objects.get().pk)
    assert not is_signed_in(browser)

    settings.SESSION_CACHE_ALIAS = held

    assert not is_signed_in(browser)
