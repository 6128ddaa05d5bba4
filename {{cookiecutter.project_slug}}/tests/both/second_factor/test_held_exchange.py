"""The exchange of a session that the policy holds."""

from django.test import Client
from pyotp import TOTP
from pytest_django import Settings
from rest_framework.test import APIClient

from tests.both.conftest import exchange, post_exchange, shows_home
from tests.token_auth.api import claims


def test_session_without_a_second_factor_is_held_when_the_policy_asks_for_one(
    browser: Client, api: APIClient, settings: Settings
) -> None:
    """M01, M15: finishing the setup returns tokens, and ends the session."""
    assert exchange(browser)
    settings.SECOND_FACTOR_REQUIRED = "all"

    held = post_exchange(browser)

    assert held.status_code == 403
    assert held.json()["code"] == "second_factor_enrollment_required"
    path, ticket = "/api/auth/token/second-factor/set-up/", {"ticket": held.json()["ticket"]}
    enrollment = api.post(path, ticket).json()
    code = TOTP(enrollment["secret"]).now()
    finished = api.put(path, ticket | {"state": enrollment["state"], "otp": code})
    assert claims(finished.json()["access"])["amr"] == ["pwd", "otp"]
    assert not shows_home(browser)
