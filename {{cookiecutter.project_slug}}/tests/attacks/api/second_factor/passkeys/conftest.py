"""Users with a passkey, and their requests."""

import json
from typing import Any

import pytest

from tests.accounts.second_factor.passkeys.device import Device
from tests.attacks.api.client import Caller, code_of
from tests.attacks.server import HOST, Answer, Server

OPTIONS = "/api/auth/token/passkey/options/"
PASSKEY = "/api/auth/token/passkey/"
TICKET_OPTIONS = "/api/auth/token/second-factor/options/"
VERIFY = "/api/auth/token/second-factor/"
PASSKEYS = "/api/auth/second-factor/passkeys/"
INVALID = (401, "invalid_passkey")
WRONG = (401, "invalid_second_factor")


class Owner:
    """A user with a passkey, on the device where it was added."""

    def __init__(self, server: Server, email: str) -> None:
        self.server, self.email = server, email
        self.browser = Caller(server).signed_in(email)
        self.device = Device(f"https://{HOST}", count=1)
        response = self.device.create(read(self.browser.call("POST", PASSKEYS, {})))
        body = {"passkey": response, "name": "My phone"}
        assert self.browser.call("PUT", PASSKEYS, body).status == 200

    def ticket(self) -> str:
        """Enter the password alone."""
        return str(read(Caller(self.server).sign_in(self.email))["ticket"])

    def alone(self, **changes: Any) -> Answer:
        """Sign in with the passkey alone, in a network of its own."""
        caller = Caller(self.server)
        options = read(caller.call("POST", OPTIONS))
        return caller.post(PASSKEY, passkey=self.device.get(options, **changes))

    def second(self, **changes: Any) -> Answer:
        """Sign in with the password and then the passkey, in a network of its own."""
        caller, ticket = Caller(self.server), self.ticket()
        options = read(caller.post(TICKET_OPTIONS, ticket=ticket))
        return caller.post(VERIFY, ticket=ticket, otp=self.device.get(options, **changes))


@pytest.fixture
def owner(server: Server, email: str) -> Owner:
    """A user with a passkey."""
    return Owner(server, email)


def read(answer: Answer) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(answer.body)
    return found


def told(answer: Answer) -> tuple[int, str]:
    return answer.status, code_of(answer)
