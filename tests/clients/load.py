"""Load of signed-in users while servers stop and start."""

from __future__ import annotations

import time
from contextlib import contextmanager
from random import Random
from threading import Event, Thread
from typing import TYPE_CHECKING, Any, Self

import requests

from tests.clients.api import PASSWORD
from tests.clients.timeline import Call, Phase
from tests.servers.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tests.clients.api import Node

    # Checks that credentials are rejected after the user has signed out.
    IsRefused = Callable[[Node], bool]

# How long each thread waits between two requests, in seconds.
PAUSE = 0.1
CSRF = "c" * 32


class NotAnsweredError(Exception):
    """Error for a request that was rejected temporarily, or whose outcome is unknown."""


class SignedOutError(Exception):
    """Error for a user who was rejected without having signed out."""


class User:
    """A user with one client, which sends one request at a time."""

    def __init__(self, load: Load, node: Node, email: str, seed: int) -> None:
        self.load, self.node, self.email = load, node, email
        self.random = Random(seed)  # noqa: S311 - so that each run does the same
        self.is_signed_in = False

    def step(self) -> None:
        """Send one request, and record it if the service no longer recognizes the user."""
        try:
            if not self.is_signed_in:
                self.sign_in()
                self.is_signed_in = True
                return
            read, write, leave = self.read, self.write, self.sign_out
            self.random.choices([read, write, self.renew, leave], [70, 10, 15, 5])[0]()
        except NotAnsweredError:
            return
        except SignedOutError as error:
            self.load.lost.append(f"{self.email}: {error}")
            self.is_signed_in = False

    def sign_out(self) -> None:
        # Also if the response was lost with a node: the session may have ended before that.
        self.is_signed_in = False
        self.load.ended.append(self.leave())

    def send(self, method: str, path: str, bearer: str = "", **content: Any) -> requests.Response:
        """Send one request.

        Raises:
            NotAnsweredError: it failed, or was refused for now.
        """
        began = time.monotonic()
        try:
            answer = self.node.call(method, path, bearer, **content)
            status = answer.status_code
        except requests.RequestException:
            status = 0
        call = Call(began, time.monotonic(), method, path, status)
        self.load.phases[-1].calls.append(call)
        self.load.count += 1
        if call.failed or call.refused_for_now:
            raise NotAnsweredError
        return answer

    def sign_in(self) -> None:
        raise NotImplementedError

    def read(self) -> None:
        raise NotImplementedError

    def write(self) -> None:
        raise NotImplementedError

    def renew(self) -> None:
        raise NotImplementedError

    def leave(self) -> IsRefused:
        raise NotImplementedError


class Browser(User):
    """A user of the pages."""

    key = ""

    def headers(self) -> dict[str, str]:
        return {
            "Cookie": f"__Host-sessionid={self.key}; __Host-csrftoken={CSRF}",
            "X-CSRFToken": CSRF,
            "Referer": "https://example.com/",
        }

    def open(self, method: str, path: str, **content: Any) -> requests.Response:
        answer = self.send(method, path, headers=self.headers(), **content)
        if answer.headers.get("Location", "").startswith("/accounts/login/?"):
            raise SignedOutError(path)
        return answer

    def sign_in(self) -> None:
        self.key = ""
        form = {"username": self.email, "password": PASSWORD}
        answer = self.open("POST", "/accounts/login/", data=form)
        assert answer.is_redirect, answer.text
        self.key = answer.cookies["__Host-sessionid"]

    def read(self) -> None:
        self.open("GET", self.random.choice(["/", "/accounts/profile/", "/accounts/sign-ins/"]))

    def write(self) -> None:
        self.open("POST", "/accounts/profile/", data={"name": str(self.random.random())})

    renew = read

    def leave(self) -> IsRefused:
        self.open("POST", "/accounts/logout/")
        headers = self.headers()

        def is_refused(node: Node) -> bool:
            return node.call("GET", "/accounts/profile/", headers=headers).is_redirect

        return is_refused


class App(User):
    """A user whose phone uses the API."""

    access = refresh = ""

    def api(self, method: str, path: str, bearer: str = "", **body: str) -> requests.Response:
        content = {"json": body} if body else {}
        answer = self.send(method, f"/api/auth/{path}", bearer, **content)
        if answer.status_code == requests.codes.unauthorized:
            raise SignedOutError(path)
        return answer

    def keep(self, answer: requests.Response) -> None:
        self.access, self.refresh = answer.json()["access"], answer.json()["refresh"]

    def sign_in(self) -> None:
        self.keep(self.api("POST", "token/", email=self.email, password=PASSWORD))

    def read(self) -> None:
        self.api("GET", self.random.choice(["me/", "sign-ins/"]), self.access)

    def write(self) -> None:
        self.api("PATCH", "me/", self.access, name=str(self.random.random()))

    def renew(self) -> None:
        self.keep(self.api("POST", "token/refresh/", refresh=self.refresh))

    def leave(self) -> IsRefused:
        self.api("POST", "token/revoke/", refresh=self.refresh)
        access, refresh = self.access, self.refresh

        def is_refused(node: Node) -> bool:
            return not node.accepts(access) and node.refresh(refresh).status_code == 401

        return is_refused


class Script(App):
    """A user whose pages use the API with tokens that were exchanged for a session."""

    def sign_in(self) -> None:
        browser = Browser(self.load, self.node, self.email, 0)
        browser.sign_in()
        self.keep(browser.open("POST", "/api/auth/token/exchange/", json={}))


class Load:
    """Users in several threads, each with its own IP address."""

    def __init__(self, kinds: Sequence[type[User]], clients: Sequence[Node], users: int) -> None:
        self.phases = [Phase("signing in")]
        self.lost: list[str] = []
        self.ended: list[IsRefused] = []
        self.faults: list[BaseException] = []
        self.count = 0
        self._stop = Event()
        self._threads = []
        for number, node in enumerate(clients):
            group = [
                kinds[n % len(kinds)](self, node, f"{n * len(clients) + number}@example.com", n)
                for n in range(users)
            ]
            self._threads.append(Thread(target=self._work, args=(group,)))

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout=60)

    @contextmanager
    def phase(self, name: str, calls: int = 60) -> Iterator[Phase]:
        """Begin a phase, and end it after the block and a number of further requests."""
        phase = Phase(name)
        self.phases.append(phase)
        yield phase
        self.go_on(calls)

    def go_on(self, calls: int) -> None:
        """Wait for a number of further requests."""
        wanted = self.count + calls
        wait_until(lambda: bool(self.faults) or self.count >= wanted)
        assert self.faults == []

    def _work(self, users: list[User]) -> None:
        try:
            while not self._stop.wait(PAUSE):
                for user in users:
                    user.step()
                    if self._stop.wait(PAUSE):
                        return
        except Exception as fault:  # noqa: BLE001 - the main thread looks at it
            self.faults.append(fault)
