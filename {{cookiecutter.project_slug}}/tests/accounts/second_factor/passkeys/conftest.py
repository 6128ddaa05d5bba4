"""Users with a passkey on a device."""

import pytest
from django.conf import settings

from accounts.models import User
from accounts.second_factor.passkeys import services
from tests.accounts.second_factor.conftest import app
from tests.accounts.second_factor.passkeys.device import Device
from tests.conftest import HERE

__all__ = ["app"]

INVALID_PASSKEY = "invalid_passkey"


def device_of(user: User, code: str = "", count: int = 0) -> Device:
    """Return a new device with a passkey of a user."""
    device = Device(settings.PUBLIC_BASE_URL, count)
    options = services.begin_registration(user, code, client=HERE)
    device.recovery_codes = services.finish_registration(user, device.create(options), "My phone")
    return device


@pytest.fixture
def device(user: User) -> Device:
    """A device with the only second factor of the user."""
    return device_of(user)
