"""The debug toolbar, which only development has, on request."""

from collections.abc import Callable
from types import ModuleType

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

Load = Callable[[str, dict[str, str]], ModuleType]
CHANGED = ("INSTALLED_APPS", "MIDDLEWARE", "INTERNAL_IPS", "ROOT_URLCONF")


def test_toolbar_is_on_in_development_on_request(load: Load) -> None:
    for value, expected in (("true", True), ("false", False), ("", False)):
        found = load("development", {"DEBUG_TOOLBAR": value})
        assert ("debug_toolbar" in found.INSTALLED_APPS) is expected


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
