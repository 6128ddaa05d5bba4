"""M12: generated responses of passkeys, each a real one with another byte or another field."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

from tests.accounts.second_factor.passkeys.device import Device
from tests.attacks.api.client import Caller, code_of
from tests.attacks.checks import assert_gives_nothing_away
from tests.attacks.fuzz import MANY
from tests.attacks.server import HOST, Answer, Server

OPTIONS = "/api/auth/token/passkey/options/"
PASSKEY = "/api/auth/token/passkey/"
PASSKEYS = "/api/auth/second-factor/passkeys/"
OWN_OPTIONS = "/api/auth/second-factor/options/"
PLACE = st.tuples(st.integers(0, 5), st.integers(0, 2000), st.integers(1, 255))
VALUES = st.none() | st.text(max_size=9) | st.integers() | st.binary()


class Owner:
    """A user with a passkey, on the device where it was added."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.browser = Caller(server).signed_in(server.new_user())
        self.device = Device(f"https://{HOST}", count=1)
        response = self.device.create(read(self.browser.call("POST", PASSKEYS, {})))
        assert self.add(response).status == 200

    def add(self, response: str) -> Answer:
        body = {"passkey": response, "name": "My phone"}
        return self.browser.call("PUT", PASSKEYS, body)

    def signs_in(self) -> bool:
        caller = Caller(self.server)
        response = self.device.get(read(caller.call("POST", OPTIONS)))
        return caller.post(PASSKEY, passkey=response).status == 200


def read(answer: Answer) -> Any:
    return json.loads(answer.body)


def spoil(response: str, place: tuple[int, int, int], value: Any) -> str:
    """Return a response with another value in a field, or another byte if the value is bytes."""
    content = json.loads(response)
    names = [*content["response"], "id", "rawId"]
    name = names[place[0] % len(names)]
    part = content["response"] if name in content["response"] else content
    if isinstance(value, bytes) and isinstance(part[name], str):
        raw = bytearray(base64url_to_bytes(part[name]))
        raw[place[1] % len(raw)] ^= place[2]
        value = bytes_to_base64url(bytes(raw))
    part[name] = value if not isinstance(value, bytes) else None
    return json.dumps(content)


@pytest.fixture(scope="module")
def owner(server: Server) -> Owner:
    return Owner(server)


@MANY
@given(place=PLACE, value=VALUES)
def test_m12_spoilt_response_is_refused(owner: Owner, place: Any, value: Any) -> None:
    """M12, R1."""
    caller = Caller(owner.server)
    response = owner.device.get(read(caller.call("POST", OPTIONS)))

    answer = caller.post(PASSKEY, passkey=spoil(response, place, value))

    assert (answer.status, code_of(answer)) == (401, "invalid_passkey")
    assert_gives_nothing_away(answer)
    assert owner.signs_in()


@MANY
@given(place=PLACE, value=VALUES)
def test_m12_spoilt_new_passkey_causes_no_error(owner: Owner, place: Any, value: Any) -> None:
    """M12, R1: without attestation, one that is whole but wrong is added and of no use."""
    code = owner.device.get(read(owner.browser.call("POST", OWN_OPTIONS)))
    options = read(owner.browser.post(PASSKEYS, otp=code))
    response = Device(f"https://{HOST}").create(options)

    answer = owner.add(spoil(response, place, value))

    assert answer.status in {200, 400}
    assert_gives_nothing_away(answer)
    assert owner.signs_in()
