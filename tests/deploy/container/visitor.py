"""A client that signs in to a site on this machine, by its name and over TLS."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import requests
from requests.adapters import HTTPAdapter

if TYPE_CHECKING:
    from pathlib import Path

HOST = "example.com"
EMAIL = "staff@example.com"
PASSWORD = "a compiler in the attic"  # noqa: S105 - of a user of the tests


class ByAddress(HTTPAdapter):
    """An adapter that connects to this machine, regardless of DNS."""

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options, server_hostname=HOST, assert_hostname=HOST)


class Visitor:
    """A client that trusts the certificate of this site alone."""

    def __init__(self, certificate: Path) -> None:
        self.http = requests.Session()
        self.http.trust_env = False
        self.http.verify = str(certificate)
        self.http.mount("https://", ByAddress())
        self.http.headers.update({"Host": HOST, "Referer": f"https://{HOST}/"})

    def sign_in_on_the_page(self) -> None:
        client = self.http
        login = "https://127.0.0.1/accounts/login/"
        form = client.get(login, timeout=30)
        assert form.ok, form.text
        (token,) = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', form.text)
        fields = {"username": EMAIL, "password": PASSWORD, "csrfmiddlewaretoken": token}
        answer = client.post(login, data=fields, allow_redirects=False, timeout=30)
        assert answer.status_code == 302, answer.text
        page = client.get("https://127.0.0.1/accounts/profile/", allow_redirects=False, timeout=30)
        assert page.status_code == 200, page.text
        assert EMAIL in page.text

    def sign_in_by_the_api(self) -> None:
        client, api = self.http, "https://127.0.0.1/api/auth"
        body = {"email": EMAIL, "password": PASSWORD}
        tokens = client.post(f"{api}/token/", json=body, timeout=30)
        assert tokens.status_code == 200, tokens.text
        bearer = {"Authorization": f"Bearer {tokens.json()['access']}"}
        me = client.get(f"{api}/me/", headers=bearer, timeout=30)
        assert me.status_code == 200, me.text
        assert me.json()["email"] == EMAIL
