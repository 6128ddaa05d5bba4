"""M: attacks on passkeys in the API."""

from typing import Any

import pytest

from tests.accounts.second_factor.passkeys.device import PRESENT, Device
from tests.attacks.api.client import Caller
from tests.attacks.api.second_factor.passkeys.conftest import (
    INVALID,
    OPTIONS,
    PASSKEY,
    WRONG,
    Owner,
    read,
    told,
)
from tests.attacks.server import HOST, Server


@pytest.mark.parametrize(
    "changes", [{"origin": f"https://evil.{HOST}"}, {"flags": PRESENT}], ids=str
)
def test_m11_response_with_a_wrong_part_is_refused(owner: Owner, changes: dict[str, Any]) -> None:
    """M11, ASVS 6.5.1, 6.3.3: of another site or an unverified user."""
    assert told(owner.alone(**changes)) == INVALID
    assert told(owner.second(**changes)) == WRONG

    assert (owner.alone().status, owner.second().status) == (200, 200)


def test_m13_options_do_not_depend_on_who_has_a_passkey(server: Server, owner: Owner) -> None:
    """M13, ASVS 6.3.8: nor does the response to an unknown passkey differ from a wrong one."""
    caller = Caller(server)
    found = [read(caller.call("POST", OPTIONS, body)) for body in ({}, {"email": owner.email})]
    assert found[0].pop("challenge") != found[1].pop("challenge")
    assert found[0] == found[1]
    assert found[0]["allowCredentials"] == []

    unknown = Device(f"https://{HOST}", count=1)
    unknown.handle = owner.device.handle
    answer = caller.post(PASSKEY, passkey=unknown.get(read(caller.call("POST", OPTIONS))))
    assert caller.tells(answer) == caller.tells(owner.alone(flags=PRESENT))
    assert owner.alone().status == 200
