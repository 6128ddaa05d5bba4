"""Passkeys sign users in, alone or as a second factor."""

from accounts.models import User
from accounts.second_factor.passkeys import services
from accounts.services import sign_ins
from tests.accounts.conftest import KIND
from tests.accounts.second_factor.conftest import ticket_of, verify
from tests.accounts.second_factor.passkeys.device import Device
from tests.conftest import HERE


def test_user_signs_in_with_a_passkey_alone(user: User, device: Device) -> None:
    found = services.sign_in(device.get(services.request_options()), client=HERE)
    sign_in = sign_ins.start(found, KIND, "x", client=HERE)
    assert sign_in.methods == "hwk user"


def test_second(user: User, device: Device) -> None:
    assert verify(ticket_of(user), device.get(services.request_options(user))) == ""
