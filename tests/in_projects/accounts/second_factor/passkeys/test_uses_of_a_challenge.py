"""A challenge is for one user, purpose and use."""

from collections.abc import Callable

import pytest
from time_machine import TimeMachineFixture

from accounts.models import User
from accounts.second_factor.passkeys import ceremonies, services
from tests.accounts.second_factor.conftest import INVALID, ticket_of, verify
from tests.accounts.second_factor.passkeys.conftest import (
    INVALID_PASSKEY,
    alone,
    as_code,
    device_of,
    finish,
    sign_in,
)
from tests.accounts.second_factor.passkeys.device import Device
from tests.conftest import HERE

Use = Callable[..., str]


def test_user_must_be_named_to_sign_in_alone_and_not_in_the_second_step(
    user: User, other: User, device: Device
) -> None:
    """M11."""
    theirs = device_of(other)
    assert alone(user, device, handle=b"") == INVALID_PASSKEY
    assert alone(user, device, handle=other.pk.bytes) == INVALID_PASSKEY
    assert as_code(user, device, handle=other.pk.bytes) == INVALID
    assert as_code(user, device, handle=b"") == ""
    assert as_code(user, theirs) == INVALID
    assert as_code(other, theirs) == ""
    assert as_code(user, Device("https://testserver")) == INVALID


@pytest.mark.parametrize(
    ("use", "refused"), [(alone, INVALID_PASSKEY), (as_code, INVALID)], ids=["alone", "code"]
)
def test_response_is_valid_once_and_for_minutes(
    user: User, device: Device, use: Use, refused: str, clock: TimeMachineFixture
) -> None:
    """M11."""
    options = services.request_options(user if use is as_code else None)

    def send(response: str) -> str:
        return verify(ticket_of(user), response) if use is as_code else sign_in(response)

    first, second = device.get(options), device.get(options)
    assert [send(first), send(first), send(second)] == ["", refused, refused]
    late = device.get(services.request_options(user if use is as_code else None))
    clock.shift(ceremonies.CHALLENGE_AGE + 1)
    assert send(late) == refused
    assert use(user, device) == ""


def test_challenge_is_for_one_purpose_and_user(user: User, other: User, device: Device) -> None:
    """M11."""
    theirs = device_of(other)
    creation = services.begin_registration(user, device.recovery_codes[0], client=HERE)
    for options in (services.request_options(user), creation | {"rpId": creation["rp"]["id"]}):
        assert sign_in(device.get(options)) == INVALID_PASSKEY
    for options in (services.request_options(), services.request_options(other)):
        assert verify(ticket_of(user), device.get(options)) == INVALID
    for challenge in (
        services.request_options()["challenge"],
        services.begin_registration(other, theirs.recovery_codes[0], client=HERE)["challenge"],
    ):
        response = Device("https://testserver").create(creation, challenge=challenge)
        assert finish(user, response) == INVALID_PASSKEY
    assert finish(user, Device("https://testserver").create(creation)) == ""
