"""Responses that no honest device sends are refused, and the honest one next to them is not."""

from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from time_machine import TimeMachineFixture
from webauthn.helpers import bytes_to_base64url

from accounts.models import User
from accounts.second_factor.factors import MAX_LENGTH
from accounts.second_factor.passkeys import ceremonies, services
from accounts.second_factor.passkeys.models import Passkey
from tests.accounts.second_factor.conftest import INVALID, ticket_of, verify
from tests.accounts.second_factor.passkeys.conftest import (
    INVALID_PASSKEY,
    alone,
    as_code,
    device_of,
    finish,
    sign_in,
)
from tests.accounts.second_factor.passkeys.device import ATTESTED, PRESENT, Device
from tests.conftest import HERE

# What no honest device sends, by the names of the parts.
PARTS: list[tuple[str, object]] = [
    ("origin", "https://evil.testserver"),
    ("rp_id", "evil.example"),
    ("cross_origin", True),
    ("challenge", bytes_to_base64url(b"x" * 100)),
]
USED = [
    *PARTS,
    ("type", "webauthn.create"),
    ("flags", PRESENT),
    ("key", ec.generate_private_key(ec.SECP256R1())),
    ("count", 10),
]
NEW = [*PARTS, ("type", "webauthn.get"), ("flags", PRESENT | ATTESTED), ("fmt", "packed")]
Use = Callable[..., str]
BOTH_WAYS = pytest.mark.parametrize(
    ("use", "refused"), [(alone, INVALID_PASSKEY), (as_code, INVALID)], ids=["alone", "code"]
)


@BOTH_WAYS
@pytest.mark.parametrize(("part", "value"), USED)
def test_response_with_a_wrong_part_is_refused(
    user: User, use: Use, refused: str, part: str, value: object
) -> None:
    """M11."""
    device = device_of(user, count=10)
    assert use(user, device, **{part: value}) == refused
    assert use(user, device, count=11) == ""
    assert Passkey.objects.get().sign_count == 11


@pytest.mark.parametrize(("part", "value"), NEW)
def test_new_passkey_with_a_wrong_part_is_refused(user: User, part: str, value: object) -> None:
    """M11."""
    device, options = Device("https://testserver"), services.begin_registration(user, client=HERE)
    assert finish(user, device.create(options, **{part: value})) == INVALID_PASSKEY
    assert not Passkey.objects.exists()
    assert finish(user, device.create(options)) == ""


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


@BOTH_WAYS
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


def test_passkey_of_another_user_is_not_added(user: User, other: User, device: Device) -> None:
    """M11."""
    response = device.create(services.begin_registration(other, client=HERE))
    assert finish(other, response) == INVALID_PASSKEY
    assert Passkey.objects.get().user == user
    assert device_of(other)


def test_malformed_text_is_no_passkey(user: User, device: Device) -> None:
    """M12."""
    honest = device.get(services.request_options())
    not_ascii = honest.replace('"id": "', '"id": "\u00e9')
    for text in ("", "{}", "[" * 5000, not_ascii, honest + " " * MAX_LENGTH):
        assert sign_in(text) == INVALID_PASSKEY
        assert finish(user, text) == INVALID_PASSKEY
    assert sign_in(honest) == ""
