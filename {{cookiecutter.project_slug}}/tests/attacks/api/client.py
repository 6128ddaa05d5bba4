"""A client of the running service that sends and receives JSON."""

import json
import re
from collections import Counter
from collections.abc import Callable
from html import unescape
from typing import Any, Self

from tests.attacks.client import NEW, Client
from tests.attacks.server import PASSWORD, Answer, Server

TOKEN = "/api/auth/token/"
REFRESH = "/api/auth/token/refresh/"
REVOKE = "/api/auth/token/revoke/"
ME = "/api/auth/me/"
SIGN_INS = "/api/auth/sign-ins/"
JSON = {"Content-Type": "application/json"}
# Endpoints that change something and need no access token.
UNSAFE = [
    *(TOKEN, f"{TOKEN}refresh/", f"{TOKEN}revoke/"),
    *("/api/auth/email/verify/", "/api/auth/email/verify/resend/"),
    *("/api/auth/password/reset/", "/api/auth/password/reset/confirm/"),
]


class Caller(Client):
    """A client of the API, with its tokens."""

    done = (200, 202, 204)
    refused = (400, 401)

    def __init__(self, server: Server, address: str = "") -> None:
        super().__init__(server, address)
        self.access = self.refresh = ""

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """Send a request, with the access token if there is one."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.access:
            sent.setdefault("Authorization", f"Bearer {self.access}")
        if body is not None:
            sent = JSON | sent
        content = body if isinstance(body, bytes | str | None) else json.dumps(body)
        return self.server.call(method, path, content, sent, self.address)

    def post(self, path: str, **body: Any) -> Answer:
        """Send these fields in a POST request."""
        return self.call("POST", path, body)

    def sign_in(self, email: str, password: str = PASSWORD, **headers: str) -> Answer:
        return self.call("POST", TOKEN, {"email": email, "password": password}, **headers)

    def signed_in(self, email: str, password: str = PASSWORD) -> Self:
        self.keep(self.sign_in(email, password))
        return self

    def is_signed_in(self) -> bool:
        return self.is_let_in()

    def attempts(self, email: str, password: str) -> list[Callable[[], Answer]]:
        return [
            lambda: self.sign_in(email, password),
            lambda: self.change_password(password, NEW),
            lambda: self.change_email("x@example.com", password),
            lambda: self.post("/api/auth/confirm/", password=password),
        ]

    def ask_for_reset(self, email: str, **headers: str) -> Answer:
        return self.call("POST", "/api/auth/password/reset/", {"email": email}, **headers)

    def reset_link(self, email: str) -> tuple[str, str]:
        known = self.server.mails_to(email)
        self.ask_for_reset(email)
        mail = unescape(self.server.mail_to(email, "The link works once", after=known))
        found = re.search(r"(?:uid=|/reset/)([\w-]+)(?:&token=|/)([\w-]+)", mail)
        assert found, mail
        return found[1], found[2]

    def open_reset(self, link: tuple[str, str]) -> Callable[[str], Answer]:
        return lambda new: self.post(
            "/api/auth/password/reset/confirm/", uid=link[0], token=link[1], new_password=new
        )

    def change_password(self, old: str, new: str) -> Answer:
        return self.post("/api/auth/password/change/", current_password=old, new_password=new)

    def change_email(self, email: str, password: str = PASSWORD) -> Answer:
        return self.post("/api/auth/email/change/", email=email, password=password)

    def verification(self, mail: str) -> str:
        found = re.search(r"(?:#token=|/verify-email/)([\w:.=-]+[\w])", unescape(mail))
        assert found, mail
        return found[1]

    def verify(self, token: str) -> Answer:
        return self.post("/api/auth/email/verify/", token=token)

    def tells(self, answer: Answer) -> tuple[object, ...]:
        return answer.status, Counter(name for name, _ in answer.headers.items()), answer.body

    def get(self, path: str) -> Any:
        """Return the JSON at a path."""
        answer = self.call("GET", path)
        assert answer.status == 200, answer
        return json.loads(answer.body)

    def keep(self, answer: Answer) -> None:
        """Store the pair of tokens of a response."""
        assert answer.status == 200, answer
        found = json.loads(answer.body)
        self.access, self.refresh = found["access"], found["refresh"]

    def renew(self, refresh: str = "") -> Answer:
        """Refresh with a token; by default, with the newest one."""
        return self.post(REFRESH, refresh=refresh or self.refresh)

    def is_let_in(self, access: str = "") -> bool:
        """Return whether the API accepts an access token; the only other response is 401."""
        answer = self.call("GET", ME, Authorization=f"Bearer {access or self.access}")
        assert answer.status in {200, 401}, answer
        return answer.status == 200

    def is_over(self) -> bool:
        """Return whether both tokens are rejected."""
        return not self.is_let_in() and self.renew().status == 401


def code_of(answer: Answer) -> str:
    """Return the code of an error, which must be JSON."""
    assert answer.headers.get_content_type() == "application/json", answer
    found = json.loads(answer.body)
    return str(found.get("code", ""))
