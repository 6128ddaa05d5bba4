"""M: other attacks on passkeys in the API."""

import json

import pytest

from tests.attacks.api.client import ME, Caller
from tests.attacks.api.second_factor.passkeys.conftest import (
    INVALID,
    OPTIONS,
    PASSKEY,
    TICKET_OPTIONS,
    VERIFY,
    WRONG,
    Owner,
    read,
    told,
)
from tests.attacks.checks import assert_gives_nothing_away
from tests.attacks.server import LIMITS, Server


def test_m11_refused_passkeys_are_limited(server: Server, owner: Owner) -> None:
    """M11, P10, ASVS 6.3.1: in one network, where they do not lock the owner out."""
    tries, _ = LIMITS["passkeys"]
    attacker = Caller(server, owner.browser.address)
    found = [attacker.post(PASSKEY, passkey="{}").status for _ in range(tries + 1)]

    assert found == [401] * tries + [429]
    response = owner.device.get(read(attacker.call("POST", OPTIONS)))
    assert attacker.post(PASSKEY, passkey=response).status == 200


def test_m10_passkeys_are_in_no_log(server: Server, owner: Owner) -> None:
    """M10, ASVS 16.2.5."""
    options = read(Caller(server).call("POST", OPTIONS))
    response = owner.device.get(options)
    caller = Caller(server)
    caller.keep(caller.post(PASSKEY, passkey=response))
    assert caller.call("GET", ME).status == 200
    assert told(caller.post(PASSKEY, passkey=response)) == INVALID

    log = server.log()

    assert '"event": "passkey_refused"' in log
    sent = [options["challenge"], *json.loads(response)["response"].values()]
    assert not [text for text in sent if text in log]


def test_m11_response_is_valid_once_for_one_purpose(server: Server, owner: Owner) -> None:
    """M11."""
    caller, device = Caller(server), owner.device
    ticket = owner.ticket()
    alone = read(caller.call("POST", OPTIONS))
    second = read(caller.post(TICKET_OPTIONS, ticket=ticket))
    assert told(caller.post(PASSKEY, passkey=device.get(second))) == INVALID
    assert told(caller.post(VERIFY, ticket=ticket, otp=device.get(alone))) == WRONG

    response = device.get(alone)
    assert caller.post(PASSKEY, passkey=response).status == 200
    assert told(caller.post(PASSKEY, passkey=response)) == INVALID
    assert told(caller.post(PASSKEY, passkey=device.get(alone))) == INVALID
    assert owner.second().status == 200


@pytest.mark.parametrize("passkey", ["{}", "{" * 8000, "9" * 8000], ids=lambda text: text[:12])
def test_m12_malformed_response_is_refused(owner: Owner, passkey: str) -> None:
    """M12, R1."""
    answer = Caller(owner.server).post(PASSKEY, passkey=passkey)

    assert told(answer) == INVALID
    assert_gives_nothing_away(answer)
    assert owner.alone().status == 200
