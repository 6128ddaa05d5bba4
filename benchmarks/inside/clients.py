"""Clients that call a WSGI application in the same process."""

from __future__ import annotations

import json
from io import BytesIO
from itertools import count
from typing import Any

PASSWORD = "correct horse battery staple"  # noqa: S105 # nosec B105 - of the benchmark's users
USERS = 500
HEADERS = {
    "HTTP_HOST": "example.com",
    "HTTP_USER_AGENT": "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0",
    "HTTP_X_FORWARDED_FOR": "203.0.113.7",
    "HTTP_X_FORWARDED_PROTO": "https",
}


class RefusedError(Exception):
    """Error for a response that is not the expected one."""


class Application:
    """The WSGI application of the project."""

    def __init__(self, application: Any) -> None:
        self._application = application
        self.cookies: list[str] = []

    def call(
        self, method: str, path: str, body: bytes = b"", kind: str = "", **headers: Any
    ) -> bytes:
        """Send a request, and return the body of the response.

        Raises:
            RefusedError: the status is 400 or higher, or a redirect to the sign-in page.
        """
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "RAW_URI": path,
            "QUERY_STRING": "",
            "SCRIPT_NAME": "",
            "CONTENT_TYPE": kind,
            "CONTENT_LENGTH": str(len(body)) if body else "",
            "REMOTE_ADDR": "127.0.0.1",
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(body),
            "wsgi.errors": BytesIO(),
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
            **HEADERS,
            **headers,
        }
        started: list[Any] = []

        def start_response(status: str, found: list[tuple[str, str]], _: object = None) -> None:
            started[:] = [status, found]

        response = self._application(environ, start_response)
        try:
            content = b"".join(response)
        finally:
            response.close()
        status, found = started
        self.cookies = [value.strip() for name, value in found if name == "Set-Cookie"]
        target = dict(found).get("Location", "")
        expected = status < "4" and "login" not in target
        # allauth answers a sign-out with 401, because the user is then signed out.
        if not expected and not (method == "DELETE" and status.startswith("401")):
            raise RefusedError(f"{method} {path}: {status} {target} {content[:300]!r}")
        return content


class Client:
    """A client of one variant. Its methods are the kinds of requests that can be measured."""

    def __init__(self, application: Application, options: dict[str, Any]) -> None:
        self.application, self.options = application, options
        self.numbers = count()

    def name(self) -> str:
        """Return the name of the next user."""
        return str(self.options.get("user", "{n}")).format(n=next(self.numbers) % USERS)

    def get(self, credential: Any, path: str) -> Any:
        """Read the view of the benchmark, and return the credential for the next request."""
        self.application.call("GET", path, **self.headers(credential))
        return credential

    def headers(self, credential: Any) -> dict[str, Any]:
        """Return the headers that authenticate a request."""
        raise NotImplementedError

    def sign_in(self) -> Any:
        """Sign the next user in, and return the credential."""
        raise NotImplementedError

    def refresh(self, credential: Any) -> Any:
        """Renew the credential."""
        raise NotImplementedError

    def sign_out(self, credential: Any) -> None:
        """End the sign-in."""
        raise NotImplementedError


class Anonymous(Client):
    """A client without credentials."""

    def headers(self, credential: Any) -> dict[str, Any]:  # noqa: ARG002 - it has none
        return {}

    def sign_in(self) -> Any:
        return None


class Tokens(Client):
    """A client that sends a token in a header. The options name the endpoints and the fields."""

    def headers(self, credential: Any) -> dict[str, Any]:
        return {"HTTP_AUTHORIZATION": f"{self.options.get('scheme', 'Bearer')} {credential[0]}"}

    def sign_in(self) -> Any:
        path, field = self.options["sign_in"]
        return self._pair(self._post(path, {field: self.name(), "password": PASSWORD}))

    def refresh(self, credential: Any) -> Any:
        path, field = self.options["refresh"]
        access, refresh = self._pair(self._post(path, {field: credential[1]}))
        return access, refresh or credential[1]

    def sign_out(self, credential: Any) -> None:
        method, path, field = self.options["sign_out"]
        body = {field: credential[1]} if field else {}
        self._post(path, body, method, **self.headers(credential))

    def _post(
        self, path: str, content: dict[str, str], method: str = "POST", **headers: str
    ) -> Any:
        body = json.dumps(content).encode() if content else b""
        answer = self.application.call(method, path, body, "application/json", **headers)
        return json.loads(answer or b"{}")

    def _pair(self, answer: dict[str, Any]) -> tuple[str, str]:
        for part in ("data", "meta"):
            if f"{self.options['access']}" not in answer and part in answer:
                found = answer[part]
                answer = found if self.options["access"] in found else answer
        return answer[self.options["access"]], answer.get(self.options.get("renews", ""), "")


class Exchanged(Tokens):
    """A client that exchanges its token for one that simplejwt's own class accepts."""

    def sign_in(self) -> Any:
        path = self.options["exchange"]
        answer = self.application.call("GET", path, **self.headers(super().sign_in()))
        return self._pair(json.loads(answer))


class Page(Client):
    """A browser: a session cookie, and a CSRF token for forms."""

    def headers(self, credential: Any) -> dict[str, Any]:
        return {"HTTP_COOKIE": f"{self._names[0]}={credential}; {self._csrf[0]}={self._csrf[1]}"}

    @property
    def _names(self) -> tuple[str, str]:
        from django.conf import settings

        return settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME

    @property
    def _csrf(self) -> tuple[str, str]:
        return self._names[1], "c" * 32

    def sign_in(self) -> Any:
        self._submit("/accounts/login/", "", f"username={self.name()}&password={PASSWORD}")
        start = f"{self._names[0]}="
        found = next(cookie for cookie in self.application.cookies if cookie.startswith(start))
        return found.removeprefix(start).partition(";")[0]

    def sign_out(self, credential: Any) -> None:
        try:
            self._submit("/accounts/logout/", credential, "")
        except RefusedError as refused:
            # The page after the sign-out is the one for signing in.
            if " 302 " not in str(refused):
                raise

    def _submit(self, path: str, credential: str, form: str) -> None:
        self.application.call(
            "POST",
            path,
            form.replace(" ", "+").encode(),
            "application/x-www-form-urlencoded",
            HTTP_COOKIE=self.headers(credential)["HTTP_COOKIE"],
            HTTP_X_CSRFTOKEN=self._csrf[1],
            HTTP_REFERER="https://example.com/",
            HTTP_ORIGIN="https://example.com",
        )


CLIENTS: dict[str, type[Client]] = {
    "anonymous": Anonymous,
    "exchanged": Exchanged,
    "page": Page,
    "tokens": Tokens,
}
