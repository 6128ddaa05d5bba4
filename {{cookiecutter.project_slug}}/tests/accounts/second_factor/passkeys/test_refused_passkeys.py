"""Responses that no honest device sends are refused, and the honest one next to them is not."""

from collections.abc import Callable

import pytest

from accounts.models import User
from accounts.second_factor.factors import MAX_LENGTH
from accounts.second_factor.passkeys import services
from accounts.second_factor.passkeys.models import Passkey
from tests.accounts.second_factor.conftest import INVALID
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
USED: list[tuple[str, object]] = [
    ("origin", "https://evil.testserver"),
    ("cross_origin", True),
    ("flags", PRESENT),
    ("count", 10),
]
NEW = [("origin", "https://evil.testserver"), ("flags", PRESENT | ATTESTED), ("fmt", "packed")]


@pytest.mark.parametrize(
    ("use", "refused"), [(alone, INVALID_PASSKEY), (as_code, INVALID)], ids=["alone", "code"]
)
@pytest.mark.parametrize(("part", "value"), USED)
def test_response_with_a_wrong_part_is_refused(
    user: User, use: Callable[..., str], refused: str, part: str, value: object
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
    assert [sign_in(honest), sign_in(honest)] == ["", INVALID_PASSKEY]
