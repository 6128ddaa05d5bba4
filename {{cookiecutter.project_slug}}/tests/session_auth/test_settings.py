from collections.abc import Callable
from types import ModuleType

import pytest
from django.core.exceptions import ImproperlyConfigured

from tests.config.production import PRODUCTION_ENVIRONMENT

Load = Callable[[str, dict[str, str]], ModuleType]
EXPECTED = {
    "ADMIN_URL": "back-office/",
    "SESSION_COOKIE_NAME": "__Host-sessionid",
    "SESSION_COOKIE_SECURE": True,
    "SESSION_COOKIE_HTTPONLY": True,
    "SESSION_COOKIE_SAMESITE": "Lax",
    "SESSION_COOKIE_AGE": 3600,
    "CSRF_COOKIE_NAME": "__Host-csrftoken",
    "CSRF_COOKIE_SECURE": True,
    "CSRF_COOKIE_HTTPONLY": True,
    "CSRF_COOKIE_SAMESITE": "Lax",
}


def test_production_cookies(load: Load) -> None:
    found = load("production", PRODUCTION_ENVIRONMENT)
    assert {name: getattr(found, name) for name in EXPECTED} == EXPECTED


@pytest.mark.parametrize("value", ["admin/", "/", "back-office", "/back-office/", "a b/"])
def test_the_admin_has_a_path_of_its_own(load: Load, value: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="  ADMIN_URL: must be a path of your own"):
        load("production", PRODUCTION_ENVIRONMENT | {"ADMIN_URL": value})


def test_production_sessions_are_cached_and_kept(load: Load) -> None:
    found = load("production", PRODUCTION_ENVIRONMENT)

    assert found.SESSION_ENGINE == "django.contrib.sessions.backends.cached_db"
    cache = found.CACHES[found.SESSION_CACHE_ALIAS]
    assert cache["BACKEND"] == "session_auth.cache.OptionalRedisCache"
    assert cache["LOCATION"] == found.CACHES["default"]["LOCATION"]
