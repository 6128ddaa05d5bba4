import re
from collections.abc import Callable
from types import ModuleType

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from pytest_django import Settings

from tests.config.production import PRODUCTION_ENVIRONMENT as ENVIRONMENT
from tests.session_auth.conftest import LOGIN

Load = Callable[[str, dict[str, str]], ModuleType]


def test_production_sessions_are_safe_cached_and_kept(load: Load) -> None:
    found = load("production", ENVIRONMENT)

    assert ENVIRONMENT["ADMIN_URL"] == found.ADMIN_URL
    for cookie in ("SESSION_COOKIE", "CSRF_COOKIE"):
        assert getattr(found, f"{cookie}_NAME").startswith("__Host-")
        flags = [getattr(found, f"{cookie}_{flag}") for flag in ("SECURE", "HTTPONLY", "SAMESITE")]
        assert flags == [True, True, "Lax"]
    assert found.SIGN_IN_LIMITS["session"]["idle"].total_seconds() == found.SESSION_COOKIE_AGE
    assert found.SESSION_ENGINE == "django.contrib.sessions.backends.cached_db"
    cache = found.CACHES[found.SESSION_CACHE_ALIAS]
    assert cache["BACKEND"] == "session_auth.cache.OptionalRedisCache"
    assert cache["LOCATION"] == found.CACHES["default"]["LOCATION"]


def test_development_cookies_are_those_of_the_checkout(load: Load) -> None:
    """E11: services on one machine share a cookie jar on all ports."""
    found = load("development", {})
    names = {found.SESSION_COOKIE_NAME, found.CSRF_COOKIE_NAME}
    assert len(names) == 2
    assert not names & {"sessionid", "csrftoken"}
    assert all(re.fullmatch(r"\w+", name, re.ASCII) for name in names)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        *(("ADMIN_URL", value) for value in ("admin/", "/", "back-office", "/x/", "a b/")),
        ("CSRF_TRUSTED_ORIGINS", "http://example.com"),
        ("CSRF_TRUSTED_ORIGINS", "*"),
        ("CSRF_TRUSTED_ORIGINS", "https://*.example.com"),
        ("CSRF_TRUSTED_ORIGINS", "example.com"),
    ],
)
def test_production_refuses_a_guessable_admin_and_a_vague_origin(
    load: Load, variable: str, value: str
) -> None:
    """E08: exact HTTPS origins alone."""
    with pytest.raises(ImproperlyConfigured, match=f"  {variable}: "):
        load("production", ENVIRONMENT | {variable: value})


def test_production_trusts_the_origin_that_users_see(load: Load) -> None:
    """E08: a proxy may hide the port, or another name such as `www.`."""
    origins = ["https://example.com:8443", "https://www.example.com"]
    chosen = {"PUBLIC_BASE_URL": origins[0], "CSRF_TRUSTED_ORIGINS": origins[1]}
    assert origins == load("production", ENVIRONMENT | chosen).CSRF_TRUSTED_ORIGINS


@pytest.mark.parametrize(
    ("origin", "status"), [("https://example.com:8443", 200), ("https://evil.test", 403)]
)
def test_form_from_a_trusted_origin_is_accepted(
    settings: Settings, db: None, origin: str, status: int
) -> None:
    """E08: it was 403."""
    settings.CSRF_TRUSTED_ORIGINS = ["https://example.com:8443"]
    page = Client(enforce_csrf_checks=True)
    page.get(LOGIN)
    token = page.cookies[settings.CSRF_COOKIE_NAME].value
    form = {"username": "a@example.com", "password": "x", "csrfmiddlewaretoken": token}

    assert page.post(LOGIN, form, headers={"Origin": origin}).status_code == status
