"""Sessions remain valid while the cache that makes them fast is unreachable."""

from types import SimpleNamespace

import pytest
from pytest_django import Settings

from accounts.models import SignIn, User
from accounts.services import sign_ins
from session_auth.cache import OptionalRedisCache
from tests.session_auth.conftest import is_signed_in, log_in

# Nothing listens there, so connections are refused immediately.
UNREACHABLE = "redis://127.0.0.1:1/0"


@pytest.fixture
def reachable(settings: Settings) -> str:
    """Return the alias of a reachable cache for sessions, after adding an unreachable one."""
    alias: str = settings.SESSION_CACHE_ALIAS
    backend = "session_auth.cache.OptionalRedisCache"
    options = {"BACKEND": backend, "LOCATION": UNREACHABLE, "KEY_PREFIX": "tests"}
    settings.CACHES = settings.CACHES | {"unreachable": options}
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
    return alias


def test_unreachable_cache_is_empty() -> None:
    cache = OptionalRedisCache(UNREACHABLE, {})

    cache.set("key", "value")
    assert cache.get("key", "default") == "default"
    assert cache.delete("key") is False
    assert "key" not in cache


def test_reachable_cache_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    stored = {"tests:1:key": "value"}
    server = SimpleNamespace(
        get=stored.get, delete=stored.__delitem__, has_key=stored.__contains__
    )
    monkeypatch.setattr(OptionalRedisCache, "_cache", server)
    cache = OptionalRedisCache(UNREACHABLE, {"KEY_PREFIX": "tests"})

    assert cache.get("key", "default") == "value"
    assert "key" in cache
    cache.delete("key")
    assert "key" not in cache


def test_sign_in_revoked_while_the_cache_is_unreachable_stays_revoked(
    reachable: str, settings: Settings, user: User
) -> None:
    """Also when the cache returns with the sessions that it held before."""
    browser = log_in(user)
    settings.SESSION_CACHE_ALIAS = "unreachable"
    assert is_signed_in(browser)
    assert is_signed_in(log_in(user))
    assert browser.post("/accounts/profile/", {"name": "Countess"}).status_code == 302

    sign_ins.revoke(SignIn.objects.all())
    assert not is_signed_in(browser)

    settings.SESSION_CACHE_ALIAS = reachable
    assert not is_signed_in(browser)
