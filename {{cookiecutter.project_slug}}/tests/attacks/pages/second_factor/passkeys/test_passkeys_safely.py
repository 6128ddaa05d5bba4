"""M: passkeys on the pages of a running service."""

import json
from typing import Any

import pytest
from webauthn.helpers import bytes_to_base64url

from tests.accounts.second_factor.passkeys.device import PRESENT, Device
from tests.attacks.checks import assert_headers
from tests.attacks.pages.client import Browser
from tests.attacks.pages.second_factor.passkeys.conftest import (
    OPTIONS,
    SIGN_IN,
    VERIFY,
    respond,
    sign_in_with,
)
from tests.attacks.server import Server


@pytest.mark.parametrize(
    "changes", [{"origin": "https://evil.example.com"}, {"flags": PRESENT}], ids=str
)
def test_m11_spoilt_response_signs_nobody_in(
    server: Server, email: str, device: Device, changes: dict[str, Any]
) -> None:
    """M11: alone or as a second step."""
    held = Browser(server)
    held.sign_in(email)
    assert not sign_in_with(server, device, **changes).is_signed_in()
    held.submit(VERIFY, code=respond(held, device, OPTIONS, **changes))
    assert not held.is_signed_in()

    assert held.submit(VERIFY, code=respond(held, device, OPTIONS)).status == 302
    assert held.is_signed_in()
    assert sign_in_with(server, device).is_signed_in()


def test_m13_options_tell_nothing_of_accounts(server: Server, email: str, device: Device) -> None:
    """M13: not even after a wrong password."""
    told = []
    for name in (email, server.new_user(), "nobody@example.com"):
        visitor = Browser(server)
        visitor.sign_in(name, "not the password")
        answer = visitor.get(SIGN_IN)
        assert_headers(answer)
        told.append(json.loads(answer.body) | {"challenge": ""})
        assert visitor.get(OPTIONS).status == 403
    assert told[0] == told[1] == told[2]
    assert not told[0].get("allowCredentials")

    visitor.sign_in(email)
    assert bytes_to_base64url(device.id) in visitor.get(OPTIONS).text
