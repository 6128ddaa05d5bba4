"""Settings of sessions: the debug toolbar, and the names and origins of cookies."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from tests.config.conftest import Load
from tests.config.production import PRODUCTION_ENVIRONMENT as ENVIRONMENT

CHANGED = ("INSTALLED_APPS", "MIDDLEWARE", "INTERNAL_IPS", "ROOT_URLCONF")


@pytest.mark.django_db
def test_toolbar_is_shown_on_pages_below_the_content_security_policy(
    load: Load, settings: Settings, client: Client
) -> None:
    development = load("development", {"DEBUG_TOOLBAR": "true"})
    settings.DEBUG = True
    for name in CHANGED:
        setattr(settings, name, getattr(development, name))

    response = client.get(reverse("login"))

    assert 'id="djDebug"' in response.text
    assert "unsafe-inline" not in response.headers["Content-Security-Policy"]
    assert client.get("/health/live/").status_code == 200


def test_development_cookies_are_those_of_the_checkout(load: Load) -> None:
    """E11: services on one machine share a cookie jar on all ports."""
    found = load("development", {})
    names = {found.SESSION_COOKIE_NAME, found.CSRF_COOKIE_NAME}
    assert len(names) == 2
    assert not names & {"sessionid", "csrftoken"}
    assert all(re.fullmatch(r"\w+", name, re.ASCII) for name in names)


def test_production_trusts_the_origin_that_users_see(load: Load) -> None:
    """E08: a proxy may hide the port, or another name such as `www.`."""
    origins = ["https://example.com:8443", "https://www.example.com"]
    chosen = {"PUBLIC_BASE_URL": origins[0], "CSRF_TRUSTED_ORIGINS": origins[1]}
    assert origins == load("production", ENVIRONMENT | chosen).CSRF_TRUSTED_ORIGINS
