"""A browser: it keeps cookies, and sends back the hidden fields of a page."""

import re
from collections.abc import Mapping
from html import unescape
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from tests.attacks.server import HOST, PASSWORD, Answer, Server, somewhere

ORIGIN = f"https://{HOST}"
SESSION = "__Host-sessionid"


class Browser:
    """What one person sees."""

    def __init__(self, server: Server, address: str = "") -> None:
        self.server = server
        self.address = address or somewhere()
        self.cookies: dict[str, str] = {}
        self.seen: list[str] = []
        self.page = ""

    def get(self, path: str, **headers: str) -> Answer:
        """Open a page."""
        return self._call("GET", path, None, headers)

    def post(self, path: str, form: Mapping[str, str] = {}, **headers: str) -> Answer:
        """Send a form with the token of the page that it is on."""
        return self.post_bare(path, {"csrfmiddlewaretoken": self.token(), **form}, **headers)

    def post_bare(self, path: str, form: Mapping[str, str], **headers: str) -> Answer:
        """Send a form as it is, from one of our pages unless the headers say otherwise."""
        sent = {"Content-Type": "application/x-www-form-urlencoded", "Origin": ORIGIN} | headers
        return self._call("POST", path, urlencode(form), sent)

    def submit(self, path: str, **form: str) -> Answer:
        """Open the page and send its form."""
        self.get(path)
        return self.post(path, form)

    def sign_in(self, email: str, password: str = PASSWORD) -> Answer:
        """Sign in on the page."""
        return self.submit("/accounts/login/", username=email, password=password)

    def is_signed_in(self) -> bool:
        """Return whether the home page is shown."""
        answer = self.get("/")
        assert answer.status == 200 or "/accounts/login/" in answer.headers["Location"]
        return answer.status == 200

    def token(self) -> str:
        """Return the CSRF token of the page that was opened last."""
        found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.page)
        return found[1] if found else ""

    def copy(self) -> "Browser":
        """Return another browser with the same cookies, as a thief would have it."""
        thief = Browser(self.server)
        thief.cookies = dict(self.cookies)
        return thief

    def _call(
        self, method: str, path: str, body: str | None, headers: Mapping[str, str]
    ) -> Answer:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        answer = self.server.call(method, path, body, sent, self.address)
        for line in answer.headers.get_all("Set-Cookie", []):
            self.seen.append(line)
            for name, morsel in SimpleCookie(line).items():
                if morsel["max-age"] == "0" or not morsel.value:
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = morsel.value
        if answer.headers.get_content_type() == "text/html" and answer.status != 302:
            self.page = answer.text
        return answer


def link_in(mail: str) -> str:
    """Return the path of the link in a mail."""
    found = re.search(rf"{ORIGIN}(/accounts/(?:reset|verify-email)/\S+)", unescape(mail))
    assert found, mail
    return found[1]
