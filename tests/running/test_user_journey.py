"""User journeys through each generated service, over real HTTP with real emails."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
import requests

from tests.clients.pages import Browser

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.servers.development import Service

pytestmark = pytest.mark.slow

EMAIL = "grace@example.com"
PASSWORDS = ("a compiler in the attic", "nanoseconds of copper wire", "an admiral at the keyboard")


@pytest.mark.parametrize("auth", ["session", "both"])
def test_pages(auth: str, serve: Callable[[str], Service]) -> None:
    service = serve(auth)
    mail, browser = service.mailbox, Browser(service.url)

    browser.submit("/accounts/signup/", email=EMAIL, name="Grace", password=PASSWORDS[0])
    refused = browser.submit("/accounts/login/", username=EMAIL, password=PASSWORDS[0])
    assert refused.url.endswith("/accounts/login/")
    browser.submit(mail.newest(r"http://\S+/accounts/verify-email/\S+/")[0])

    browser.submit("/accounts/login/", username=EMAIL.upper(), password=PASSWORDS[0])
    assert EMAIL in browser.open("/accounts/profile/").text

    elsewhere = Browser(service.url)
    elsewhere.submit("/accounts/login/", username=EMAIL, password=PASSWORDS[0])
    assert elsewhere.is_signed_in()
    browser.submit(
        "/accounts/password_change/",
        old_password=PASSWORDS[0],
        new_password1=PASSWORDS[1],
        new_password2=PASSWORDS[1],
    )
    assert browser.is_signed_in()
    assert not elsewhere.is_signed_in()

    elsewhere.submit("/accounts/password_reset/", email=EMAIL)
    link = mail.newest(r"http://\S+/accounts/reset/\S+/")[0]
    elsewhere.submit(link, new_password1=PASSWORDS[2], new_password2=PASSWORDS[2])
    assert not browser.is_signed_in()
    browser.submit("/accounts/login/", username=EMAIL, password=PASSWORDS[2])
    assert browser.is_signed_in()

    cookies = browser.cookies.copy()
    browser.submit("/accounts/profile/", name="Grace")
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', browser.open("/").text)
    assert token
    browser.post(
        f"{service.url}/accounts/logout/", data={"csrfmiddlewaretoken": token[1]}, timeout=60
    )
    assert not browser.is_signed_in()
    browser.cookies = cookies
    assert not browser.is_signed_in()


@pytest.mark.parametrize("auth", ["jwt", "both"])
def test_api(auth: str, serve: Callable[[str], Service]) -> None:
    service = serve(auth)
    mail = service.mailbox

    def call(path: str, bearer: str = "", **body: str) -> requests.Response:
        headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        return requests.post(
            f"{service.url}/api/auth/{path}", json=body, headers=headers, timeout=60
        )

    def me(bearer: str) -> requests.Response:
        headers = {"Authorization": f"Bearer {bearer}"}
        return requests.get(f"{service.url}/api/auth/me/", headers=headers, timeout=60)

    accepted, done, refused = requests.codes.accepted, requests.codes.no_content, 401
    assert call("register/", email=EMAIL, password=PASSWORDS[0]).status_code == accepted
    assert call("token/", email=EMAIL, password=PASSWORDS[0]).status_code == refused
    pattern = r"verify-email/([^/\s]+)/" if auth == "both" else r"#token=(\S+)"
    assert call("email/verify/", token=mail.newest(pattern)[1]).status_code == done

    first = call("token/", email=EMAIL, password=PASSWORDS[0]).json()
    assert me(first["access"]).json()["email"] == EMAIL
    second = call("token/refresh/", refresh=first["refresh"]).json()
    assert me(second["access"]).ok

    elsewhere = call("token/", email=EMAIL, password=PASSWORDS[0]).json()
    changed = call(
        "password/change/",
        bearer=second["access"],
        current_password=PASSWORDS[0],
        new_password=PASSWORDS[1],
    )
    assert changed.status_code == done
    assert me(second["access"]).ok
    assert me(elsewhere["access"]).status_code == refused

    assert call("password/reset/", email=EMAIL).status_code == accepted
    pattern = r"reset/([^/\s]+)/([^/\s]+)/" if auth == "both" else r"#uid=([^&]+)&token=(\S+)"
    uid, token = mail.newest(pattern).groups()
    reset = call("password/reset/confirm/", uid=uid, token=token, new_password=PASSWORDS[2])
    assert reset.status_code == done
    assert me(second["access"]).status_code == refused

    third = call("token/", email=EMAIL, password=PASSWORDS[2]).json()
    assert call("token/revoke/", refresh=third["refresh"]).status_code == done
    assert me(third["access"]).status_code == refused
    assert call("token/refresh/", refresh=third["refresh"]).status_code == refused
