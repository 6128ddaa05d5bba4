"""The exchange of sessions that are old, or have a second factor, under the policy."""

from django.conf import settings as project_settings
from django.test import Client
from django.utils import timezone
from pyotp import TOTP
from pytest_django import Settings
from time_machine import TimeMachineFixture

from accounts.models import SignIn, User
from accounts.second_factor import services
from tests.both.conftest import exchange, post_exchange
from tests.conftest import HERE
from tests.token_auth.api import claims


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


def test_session_that_has_a_second_factor_is_exchanged(
    user: User, browser: Client, settings: Settings
) -> None:
    settings.SECOND_FACTOR_REQUIRED = "all"
    user.current_sign_in_id = SignIn.objects.get().pk
    enrollment = services.begin_enrollment(user, client=HERE)
    services.finish_enrollment(user, enrollment.state, TOTP(enrollment.secret).now())

    assert claims(exchange(browser)["access"])["amr"] == ["pwd", "otp"]
