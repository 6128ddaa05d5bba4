"""M: one code in many requests at the same moment."""

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.utils import timezone
from pyotp import TOTP

from tests.attacks.api.client import Caller
from tests.attacks.server import Server

MANAGE = "/api/auth/second-factor/"
VERIFY = "/api/auth/token/second-factor/"
# Fewer than the attempts that are allowed.
TIMES = 4


@pytest.mark.parametrize("round_", range(2))
@pytest.mark.parametrize("kind", ["app", "recovery"])
def test_m04_m05_concurrent_uses_of_a_code_succeed_once(
    server: Server, email: str, kind: str, round_: int
) -> None:
    """M04, M05, ASVS 6.5.1, 15.4.2: and the others get nothing."""
    device = Caller(server).signed_in(email)
    begun = json.loads(device.call("POST", MANAGE, {}).body)
    app = TOTP(begun["secret"])
    body = {"state": begun["state"], "otp": app.now()}
    codes = json.loads(device.call("PUT", MANAGE, body).body)["recovery_codes"]
    tickets = [json.loads(Caller(server).sign_in(email).body)["ticket"] for _ in range(TIMES)]
    code = codes[0] if kind == "recovery" else app.at(timezone.now(), counter_offset=1)
    barrier = Barrier(TIMES)

    def enter(ticket: str) -> int:
        barrier.wait(timeout=20)
        return Caller(server).post(VERIFY, ticket=ticket, otp=code).status

    with ThreadPoolExecutor(TIMES) as pool:
        statuses = sorted(pool.map(enter, tickets))

    assert statuses == [200] + [401] * (TIMES - 1)
    assert len(device.get("/api/auth/sign-ins/")) == 2
