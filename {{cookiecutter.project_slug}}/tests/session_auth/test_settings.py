"""Settings of sessions, and the debug toolbar, which only development has."""

from importlib import import_module
from unittest.mock import patch

import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from session_auth.engine import SessionStore
from tests.config.conftest import Load
from tests.config.production import PRODUCTION_ENVIRONMENT as ENVIRONMENT


def test_production_sessions_are_cached_and_kept(load: Load) -> None:
    found = load("production", ENVIRONMENT)

    assert found.SIGN_IN_LIMITS["session"]["idle"].total_seconds() == found.SESSION_COOKIE_AGE
    assert found.SESSION_ENGINE == "session_auth.engine"
    cache = found.CACHES[found.SESSION_CACHE_ALIAS]
    assert cache["BACKEND"] == "session_auth.cache.OptionalRedisCache"
    assert cache["LOCATION"] == found.CACHES["default"]["LOCATION"]


@pytest.mark.django_db
def test_new_session_takes_over_no_other_even_with_the_same_random_key() -> None:
    first = SessionStore()
    first["whose"] = "mine"
    first.save()
    keys = [first.session_key, "k" * 32]
    with patch("session_auth.engine.get_random_string", side_effect=keys):
        second = SessionStore()
        second.create()

    assert second.session_key == keys[1]
    assert SessionStore(keys[0])["whose"] == "mine"


@pytest.mark.django_db
def test_a_new_key_has_the_data_and_the_old_one_has_none() -> None:
    session = SessionStore()
    session["whose"] = "mine"
    session.cycle_key()
    session.save()
    previous = session.session_key
    session.cycle_key()
    session.save()
    session["more"] = "yes"
    session.save()

    assert session.session_key != previous
    assert dict(SessionStore(session.session_key).items()) == {"whose": "mine", "more": "yes"}
    assert not SessionStore(previous).items()


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        *(("ADMIN_URL", value) for value in ("admin/", "/", "back-office", "/x/", "a b/")),
        *(
            ("CSRF_TRUSTED_ORIGINS", value)
            for value in ("http://example.com", "https://*.example.com", "example.com")
        ),
    ],
)
def test_production_refuses_a_guessable_admin_and_a_vague_origin(
    load: Load, variable: str, value: str
) -> None:
    """E08: only exact HTTPS origins are accepted."""
    with pytest.raises(ImproperlyConfigured, match=f"  {variable}: "):
        load("production", ENVIRONMENT | {variable: value})


def test_toolbar_is_on_in_development_on_request(load: Load, settings: Settings) -> None:
    for value, expected in (("true", True), ("false", False), ("", False)):
        found = load("development", {"DEBUG_TOOLBAR": value})
        assert ("debug_toolbar" in found.INSTALLED_APPS) is expected
        settings.INSTALLED_APPS = found.INSTALLED_APPS
        routes = [str(entry.pattern) for entry in import_module(found.ROOT_URLCONF).urlpatterns]
        assert ("__debug__/" in routes) is expected
