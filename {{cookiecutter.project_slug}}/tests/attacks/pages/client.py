"""A browser: it keeps cookies, and sends back the hidden fields of a page."""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from html import unescape
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from tests.attacks.client import NEW, Client
from tests.attacks.server import HOST, PASSWORD, Answer, Server

ORIGIN = f"https://{HOST}"
SESSION = "__Host-sessionid"
ADMIN = "/back-office/"
LOGIN = "/accounts/login/"
PROFILE = "/accounts/profile/"
RESET = "/accounts/password_reset/"


class Browser(Client):
    """A browser with its cookies."""

    done = (302,)
    refused = (200, 400)

    def __init__(self, server: Server, address: str = "") -> None:
        super().__init__(server, address)
        self.cookies: dict[str, str] = {}
        self.seen: list[str] = []
        self.page = ""

    def get(self, path: str, **headers: str) -> Answer:
        """Open a page."""
        return self.call("GET", path, None, headers)

    def post(self, path: str, form: Mapping[str, str] = {}, **headers: str) -> Answer:
        """Send a form with the CSRF token of its page."""
        return self.post_bare(path, {"csrfmiddlewaretoken": self.token(), **form}, **headers)

    def post_bare(self, path: str, form: Mapping[str, str], **headers: str) -> Answer:
        """Send a form unchanged, by default with the headers of one of our pages."""
        sent = {"Content-Type": "application/x-www-form-urlencoded", "Origin": ORIGIN} | headers
        return self.call("POST", path, urlencode(form), sent)

    def submit(self, path: str, **form: str) -> Answer:
        """Open the page and send its form."""
        self.get(path)
        return self.post(path, form)

    def sign_in(self, email: str, password: str = PASSWORD, **headers: str) -> Answer:
        if self.get(LOGIN).status == 302:
            # Signed in already: another page has a token for the form of another tab.
            self.get("/")
        return self.post(LOGIN, {"username": email, "password": password}, **headers)

    def is_signed_in(self) -> bool:
        answer = self.get("/")
        assert answer.status == 200 or LOGIN in answer.headers["Location"]
        return answer.status == 200

    def attempts(self, email: str, password: str) -> list[Callable[[], Answer]]:
        visitor = Browser(self.server, self.address)
        form = {"username": email, "password": password}
        return [
            lambda: visitor.sign_in(email, password),
            lambda: visitor.submit(visitor.get(f"{ADMIN}login/").headers["Location"], **form),
            lambda: self.change_password(password, NEW),
            lambda: self.change_email("x@example.com", password),
            lambda: self.submit("/accounts/reauthenticate/", password=password),
        ]

    def ask_for_reset(self, email: str, **headers: str) -> Answer:
        self.get(RESET, **headers)
        return self.post(RESET, {"email": email}, **headers)

    def reset_link(self, email: str) -> tuple[str, str]:
        known = self.server.mails_to(email)
        self.ask_for_reset(email)
        uid, token = link_in(self.server.mail_to(email, "/reset/", known)).split("/")[3:5]
        return uid, token

    def open_reset(self, link: tuple[str, str]) -> Callable[[str], Answer]:
        answer = self.get("/accounts/reset/{}/{}/".format(*link))
        if answer.status != 302:
            return lambda _: answer
        page = answer.headers["Location"]
        self.get(page)
        return lambda new: self.post(page, {"new_password1": new, "new_password2": new})

    def change_password(self, old: str, new: str) -> Answer:
        form = {"old_password": old, "new_password1": new, "new_password2": new}
        return self.submit("/accounts/password_change/", **form)

    def change_email(self, email: str, password: str = PASSWORD) -> Answer:
        return self.submit("/accounts/email_change/", email=email, password=password)

    def verification(self, mail: str) -> str:
        return link_in(mail, "verify-email").split("/")[3]

    def verify(self, token: str) -> Answer:
        path = f"/accounts/verify-email/{token}/"
        answer = self.get(path)
        return self.post(path) if answer.status == 200 else answer

    def tells(self, answer: Answer) -> tuple[object, ...]:
        body = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.text)
        body = re.sub(r"(?i)[\w.+-]+@example\.com", "an address", body)
        headers = Counter(name for name, _ in answer.headers.items())
        cookies = sorted(c.partition("=")[0] for c in answer.headers.get_all("Set-Cookie", []))
        return answer.status, headers, cookies, body

    def token(self) -> str:
        """Return the CSRF token of the page that was opened last."""
        found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.page)
        return found[1] if found else ""

    def copy(self) -> "Browser":
        """Return another browser with the same cookies, like that of a thief."""
        return self.with_cookies(**self.cookies)

    def with_cookies(self, **cookies: str) -> "Browser":
        """Return another browser with these cookies."""
        other = Browser(self.server)
        other.cookies = cookies
        return other

    def call(
        self, method: str, path: str, body: str | None = None, headers: Mapping[str, str] = {}
    ) -> Answer:
        """Send a request that no form would send, with the cookies."""
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


def link_in(mail: str, about: str = "(?:reset|verify-email)") -> str:
    """Return the path of the link in an email."""
    found = re.search(rf"{ORIGIN}(/accounts/{about}/\S+)", unescape(mail))
    assert found, mail
    return found[1]
