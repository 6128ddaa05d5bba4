"""A session and its CSRF token count under the exact names of their cookies."""

import pytest
from django.conf import settings
from django.test import Client

from tests.session_auth.conftest import is_signed_in


@pytest.mark.parametrize("space", ["\u2000", "\u3000", "\xa0", "\x85"])
@pytest.mark.parametrize("form", ["{space}{name}={value}", "{name}{space}={value}"])
def test_session_under_a_forged_name_is_none(browser: Client, space: str, form: str) -> None:
    """E01: a sibling host could set this cookie in spite of the `__Host-` prefix."""
    name = settings.SESSION_COOKIE_NAME
    value = browser.cookies[name].value
    header = form.format(space=space, name=name, value=value).encode().decode("latin-1")

    assert Client().get("/", HTTP_COOKIE=header).status_code == 302
    assert Client().get("/", HTTP_COOKIE=f"{name}={value}").status_code == 200
    assert is_signed_in(browser)


def test_csrf_token_under_a_forged_name_is_none(db: None) -> None:
    """E01: the cookie that a CSRF token is compared with."""
    page = Client(enforce_csrf_checks=True)
    page.get("/accounts/login/")
    name = settings.CSRF_COOKIE_NAME
    value = page.cookies[name].value
    form = {"username": "a@example.com", "password": "x", "csrfmiddlewaretoken": value}

    def status(header: str) -> int:
        raw = header.encode().decode("latin-1")
        client = Client(enforce_csrf_checks=True)
        return client.post("/accounts/login/", form, HTTP_COOKIE=raw).status_code

    assert status(f"\u2000{name}={value}") == 403
    assert status(f"{name}={value}") == 200
