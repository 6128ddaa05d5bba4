"""Changes of the account next to its second factor."""

import pytest
from django.core import mail
from pytest_django import Settings
from time_machine import TimeMachineFixture

from accounts.models import User
from accounts.second_factor import services
from accounts.second_factor.errors import SecondFactorRequiredError
from accounts.services import authentication, passwords, sign_ins
from tests.accounts.conftest import KIND, NEW_PASSWORD, receivers
from tests.accounts.second_factor.conftest import App
from tests.conftest import HERE


def test_password_reset_leaves_the_second_factor(user: User, app: App) -> None:
    """M07."""
    passwords.reset(User.objects.get(), NEW_PASSWORD, client=HERE)
    found = authentication.authenticate(user.email, NEW_PASSWORD, client=HERE)
    assert found is not None
    with pytest.raises(SecondFactorRequiredError):
        sign_ins.start(found, KIND, "x", client=HERE)


def test_change_of_the_second_factor_cancels_an_announced_reset(
    user: User, app: App, settings: Settings, clock: TimeMachineFixture
) -> None:
    """ASVS 6.4.4: it proves that the user has not lost it."""
    settings.SECOND_FACTOR_RESET_DELAY = 3600
    assert services.reset(user)
    services.new_recovery_codes(user, app.code(), client=HERE)
    clock.shift(3600)
    assert services.reset(user)
    clock.shift(3600)
    assert services.reset(user) is None


def test_announced_reset_expires(
    user: User, app: App, settings: Settings, clock: TimeMachineFixture
) -> None:
    """ASVS 6.4.4: the user has forgotten a notification of long ago."""
    settings.SECOND_FACTOR_RESET_DELAY = 3600
    due_at = services.reset(user)
    clock.shift(3600 + services.RESET_AGE)
    mail.outbox.clear()
    assert services.reset(user) != due_at
    assert receivers() == [user.email]
    clock.shift(3600 + services.RESET_AGE - 1)
    assert services.reset(user) is None
