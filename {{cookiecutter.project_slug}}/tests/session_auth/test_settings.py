import re
from collections.abc import Callable
from types import ModuleType

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from pytest_django import Settings

from tests.config.production import PRODUCTION_ENVIRONMENT

Load = Callable[[str, dict[str, str]], ModuleType]
EXPECTED = {
    "ADMIN_URL": "back-office/",
    "SESSION_COOKIE_NAME": "__Host-sessionid",
    "SESSION_COOKIE_SECURE": True,
    "SESSION_COOKIE_HTTPONLY": True,
    "SESSION_COOKIE_SAMESITE": "Lax",
    "CSRF_COOKIE_NAME": "__Host-csrftoken",
    "CSRF_COOKIE_SECURE": True,
    "CSRF_COOKIE_HTTPONLY": True,
    "CSRF_COOKIE_SAMESITE": "Lax",
}


def test_production_cookies(load: Load) -> None:
    found = load("production", PRODUCTION_ENVIRONMENT)
    assert {name: getattr(found, name) for name in EXPECTED} == EXPECTED
    assert found.SIGN_IN_LIMITS["session"]["idle"].total_seconds() == found.SESSION_COOKIE_AGE


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


def test_production_trusts_the_origin_that_users_see(load: Load) -> None:
    """E08: a proxy may hide the port, or another name such as `www.`."""
    chosen = {
        "PUBLIC_BASE_URL": "https://example.com:8443",
        "CSRF_TRUSTED_ORIGINS": "https://www.example.com",
    }
    found = load("production", PRODUCTION_ENVIRONMENT | chosen)
    assert found.CSRF_TRUSTED_ORIGINS == ["https://example.com:8443", "https://www.example.com"]


@pytest.mark.parametrize(
    "value", ["http://example.com", "*", "https://*.example.com", "example.com"]
)
def test_production_refuses_a_vague_origin(load: Load, value: str) -> None:
    """E08: exact HTTPS origins alone."""
    with pytest.raises(ImproperlyConfigured, match="  CSRF_TRUSTED_ORIGINS: "):
        load("production", PRODUCTION_ENVIRONMENT | {"CSRF_TRUSTED_ORIGINS": value})


@pytest.mark.parametrize(
    ("origin", "status"), [("https://example.com:8443", 200), ("https://evil.test", 403)]
)
def test_form_from_a_port_of_its_own_is_accepted(
    settings: Settings, db: None, origin: str, status: int
) -> None:
    """E08: it was 403."""
    settings.CSRF_TRUSTED_ORIGINS = ["https://example.com:8443"]
    page = Client(enforce_csrf_checks=True)
    page.get("/accounts/login/")
    token = page.cookies[settings.CSRF_COOKIE_NAME].value
    form = {"username": "a@example.com", "password": "x", "csrfmiddlewaretoken": token}

    response = page.post("/accounts/login/", form, headers={"Origin": origin})

    assert response.status_code == status


def test_development_cookies_are_those_of_the_checkout(load: Load) -> None:
    """E11: services on one machine share a cookie jar on all ports."""
    found = load("development", {})
    names = {found.SESSION_COOKIE_NAME, found.CSRF_COOKIE_NAME}
    assert len(names) == 2
    assert not names & {"sessionid", "csrftoken"}
    assert all(re.fullmatch(r"\w+", name, re.ASCII) for name in names)
