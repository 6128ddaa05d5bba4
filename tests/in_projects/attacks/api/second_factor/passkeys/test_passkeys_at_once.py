"""M: one response of a passkey in many requests at the same moment."""

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from tests.accounts.second_factor.passkeys.device import Device
from tests.attacks.api.client import Caller
from tests.attacks.server import HOST, Server

PASSKEYS = "/api/auth/second-factor/passkeys/"
PASSKEY = "/api/auth/token/passkey/"
TIMES = 8


@pytest.mark.parametrize("round_", range(2))
@pytest.mark.parametrize("count", [0, 1])
def test_m11_concurrent_uses_of_a_response_succeed_once(
    server: Server, email: str, count: int, round_: int
) -> None:
    """M11, ASVS 6.5.1, 15.4.2: also of a device that does not count."""
    browser, device = Caller(server).signed_in(email), Device(f"https://{HOST}", count)
    options = json.loads(browser.call("POST", PASSKEYS, {}).body)
    body = {"passkey": device.create(options), "name": "My phone"}
    assert browser.call("PUT", PASSKEYS, body).status == 200
    passkey = device.get(json.loads(browser.post(f"{PASSKEY}options/").body))
    barrier = Barrier(TIMES)

    def enter(_: int) -> int:
        barrier.wait(timeout=20)
        return Caller(server).post(PASSKEY, passkey=passkey).status

    with ThreadPoolExecutor(TIMES) as pool:
        statuses = sorted(pool.map(enter, range(TIMES)))

    assert statuses == [200] + [401] * (TIMES - 1)
    assert len(browser.get("/api/auth/sign-ins/")) == 2
