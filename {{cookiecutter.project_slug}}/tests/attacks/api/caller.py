"""A client of the running service: JSON out, JSON back."""

import json
from typing import Any

from tests.attacks.server import PASSWORD, Answer, Server, somewhere

TOKEN = "/api/auth/token/"
REFRESH = "/api/auth/token/refresh/"
REVOKE = "/api/auth/token/revoke/"
ME = "/api/auth/me/"
JSON = {"Content-Type": "application/json"}


class Caller:
    """One client, at an address of its own unless one is given."""

    def __init__(self, server: Server, address: str = "") -> None:
        self.server = server
        self.address = address or somewhere()
        self.access = self.refresh = ""

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """Call, with the access token if there is one."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.access:
            sent.setdefault("Authorization", f"Bearer {self.access}")
        if body is not None:
            sent = JSON | sent
        content = body if isinstance(body, bytes | str | None) else json.dumps(body)
        return self.server.call(method, path, content, sent, self.address)

    def post(self, path: str, **body: Any) -> Answer:
        """Post these fields."""
        return self.call("POST", path, body)

    def sign_in(self, email: str, password: str = PASSWORD) -> Answer:
        """Try to sign in."""
        return self.post(TOKEN, email=email, password=password)

    def signed_in(self, email: str, password: str = PASSWORD) -> "Caller":
        """Sign in, and return the client itself."""
        self.keep(self.sign_in(email, password))
        return self

    def keep(self, answer: Answer) -> None:
        """Keep the pair of tokens of an answer."""
        assert answer.status == 200, answer
        found = json.loads(answer.body)
        self.access, self.refresh = found["access"], found["refresh"]

    def renew(self, refresh: str = "") -> Answer:
        """Present a refresh token, the last one if none is given."""
        return self.post(REFRESH, refresh=refresh or self.refresh)

    def is_let_in(self, access: str = "") -> bool:
        """Return whether an access token opens the API; nothing but a 401 says no."""
        answer = self.call("GET", ME, Authorization=f"Bearer {access or self.access}")
        assert answer.status in {200, 401}, answer
        return answer.status == 200


def code_of(answer: Answer) -> str:
    """Return the code of an error, which must be JSON."""
    assert answer.headers.get_content_type() == "application/json", answer
    found = json.loads(answer.body)
    return str(found.get("code", ""))
