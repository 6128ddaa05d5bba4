"""The debug toolbar on a page."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from tests.config.conftest import Load

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
