"""The exchange of an old session that the policy holds."""

from django.conf import settings as project_settings
from django.test import Client
from django.utils import timezone
from pytest_django import Settings
from time_machine import TimeMachineFixture

from accounts.models import SignIn
from tests.both.conftest import post_exchange


def test_unattended_session_gets_no_ticket(
    browser: Client, clock: TimeMachineFixture, settings: Settings
) -> None:
    """M08: it would be enough to set up an app."""
    settings.SECOND_FACTOR_REQUIRED = "all"
    assert "ticket" in post_exchange(browser).json()
    SignIn.objects.update(authenticated_at=timezone.now())
    clock.shift(project_settings.REAUTHENTICATION_MAX_AGE)

    refused = post_exchange(browser)

    assert (refused.status_code, refused.json()["code"]) == (401, "reauthentication_required")
    assert "ticket" not in refused.json()
