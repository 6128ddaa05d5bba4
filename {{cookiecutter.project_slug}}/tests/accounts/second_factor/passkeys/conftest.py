"""Users with a passkey on a device."""

import pytest
from django.conf import settings

from accounts.models import User
from accounts.second_factor.passkeys import services
from tests.accounts.second_factor.conftest import code_of_error, ticket_of, verify
from tests.accounts.second_factor.passkeys.device import Device
from tests.conftest import HERE

INVALID_PASSKEY = "invalid_passkey"


def device_of(user: User, code: str = "", count: int = 0) -> Device:
    """Return a new device with a passkey of a user.

    Args:
        user: the user.
        code: a code of the second factor, if the user has one.
        count: how often the device has signed; it does not count if it is 0.
    """
    device = Device(settings.PUBLIC_BASE_URL, count)
    options = services.begin_registration(user, code, client=HERE)
    device.recovery_codes = services.finish_registration(user, device.create(options), "My phone")
    return device


@pytest.fixture
def device(user: User) -> Device:
    """A device with the only second factor of the user."""
    return device_of(user)


def alone(_: User, device: Device, **changes: object) -> str:
    """Sign in with a passkey alone, and return the code of the error or an empty text."""
    return sign_in(device.get(services.request_options(), **changes))


def as_code(user: User, device: Device, **changes: object) -> str:
    """Finish a held sign-in with a passkey, and return the code of the error or an empty text."""
    ticket = ticket_of(user)
    return verify(ticket, device.get(services.request_options(user), **changes))


def sign_in(response: str) -> str:
    """Send a response to sign in alone, and return the code of the error or an empty text."""
    return code_of_error(services.sign_in, response, client=HERE)


def finish(user: User, response: str) -> str:
    """Add a passkey, and return the code of the error or an empty text."""
    return code_of_error(services.finish_registration, user, response, "My phone")
