"""Clients of the API of a node."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import requests
from requests.adapters import HTTPAdapter

from tests.servers.nginx import HOST
from tests.servers.ports import free_port

if TYPE_CHECKING:
    from tests.servers.nginx import Proxy

PASSWORD = "a compiler in the attic"  # noqa: S105 - of a user of the tests


class FromAddress(HTTPAdapter):
    """An adapter that connects from one IP address of this machine."""

    def __init__(self, address: str) -> None:
        self.address = address
        super().__init__()

    def init_poolmanager(self, *words: Any, **options: Any) -> None:
        super().init_poolmanager(*words, source_address=(self.address, 0), **options)


class Node:
    """One server, behind a proxy that ends TLS."""

    def __init__(self, host: str, port: int = 0) -> None:
        self.bind = f"127.0.0.1:{port or free_port()}"
        self.headers = {"Host": host, "X-Forwarded-Proto": "https"}
        self.address = "127.0.0.1"

    def called_from(self, address: str) -> None:
        """Send further requests from this IP address, one of 127.0.0.0/8."""
        self.headers["X-Forwarded-For"] = self.address = address

    def call(
        self, method: str, path: str, bearer: str = "", headers: Any = (), **content: Any
    ) -> requests.Response:
        headers = self.headers | dict(headers)
        if bearer:
            headers["Authorization"] = f"Bearer {bearer}"
        url = f"http://{self.bind}{path}"
        with requests.Session() as session:
            session.mount("http://", FromAddress(self.address))
            return session.request(
                method, url, headers=headers, allow_redirects=False, timeout=120, **content
            )

    def is_ready(self) -> bool:
        try:
            return self.call("GET", "/health/ready/").ok
        except (requests.ConnectionError, requests.Timeout):
            return False

    def sign_in(self, email: str) -> dict[str, str]:
        """Return the first pair of tokens."""
        answer = self.call("POST", "/api/auth/token/", json={"email": email, "password": PASSWORD})
        assert answer.ok, answer.text
        return answer.json()  # type: ignore[no-any-return]

    def refresh(self, token: str) -> requests.Response:
        return self.call("POST", "/api/auth/token/refresh/", json={"refresh": token})

    def accepts(self, access: str) -> bool:
        """Return whether the API accepts an access token; fail on any rejection other than 401."""
        status = self.call("GET", "/api/auth/sign-ins/", access).status_code
        assert status in {200, 401}
        return bool(status == requests.codes.ok)


class ToHost(FromAddress):
    """An adapter that connects to a local server under the name of the host."""

    def init_poolmanager(self, *words: Any, **options: Any) -> None:
        super().init_poolmanager(*words, server_hostname=HOST, assert_hostname=HOST, **options)


class Client(Node):
    """A client that uses TLS and keeps its connection; for one thread."""

    def __init__(self, proxy: Proxy, address: str) -> None:
        """Take the server, and the IP address of 127.0.0.0/8 to connect from."""
        super().__init__(HOST)
        self.url = f"https://127.0.0.1:{proxy.https}"
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.verify = str(proxy.certificate)
        self.session.mount("https://", ToHost(address))

    def call(
        self, method: str, path: str, bearer: str = "", headers: Any = (), **content: Any
    ) -> requests.Response:
        headers = {"Host": HOST} | dict(headers)
        if bearer:
            headers["Authorization"] = f"Bearer {bearer}"
        self.session.cookies.clear()
        return self.session.request(
            *(method, self.url + path),
            **{"headers": headers, "allow_redirects": False, "timeout": 40} | content,
        )
