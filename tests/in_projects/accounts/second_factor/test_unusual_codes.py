"""Codes that no app shows, and limits that no wrong code reaches."""

import pytest
from pytest_django import Settings

from accounts.models import User
from accounts.second_factor import services
from accounts.services import rate_limits
from accounts.services.rate_limits import RateLimitExceededError
from tests.accounts.conftest import allows
from tests.accounts.second_factor.conftest import (
    INVALID,
    App,
    code_of_error,
    log_in,
    ticket_of,
    verify,
)
from tests.conftest import HERE, UnreachableCache


def test_right_password_of_a_held_sign_in_is_no_failed_attempt(
    user: User, app: App, settings: Settings
) -> None:
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"account_and_ip": (1, 60), "sign_ins": (3, 60)}

    assert all(log_in(user) for _ in range(3))

    assert not allows(log_in, user)


@pytest.mark.parametrize("text", ["", "   ", "-", "\x00", "²34567", "\udc80" * 6, "9" * 5000, "a"])
def test_other_text_is_no_code(user: User, app: App, text: str) -> None:
    """M12."""
    assert verify(ticket_of(user), text) == INVALID
    state = services.begin_enrollment(user, app.code(), client=HERE).state
    assert code_of_error(services.finish_enrollment, user, state, text) == INVALID
    assert code_of_error(services.finish_enrollment, user, text, "1") == "invalid_enrollment"


def test_right_codes_do_not_count_and_no_code_is_checked_without_the_cache(
    user: User, app: App, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"second_factor": (1, 60)}
    for code in app.recovery_codes[:3]:
        assert verify(ticket_of(user), code) == ""
    ticket = ticket_of(user)
    monkeypatch.setattr(rate_limits, "cache", UnreachableCache())
    with pytest.raises(RateLimitExceededError):
        verify(ticket, app.code())
