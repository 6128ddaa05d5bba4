"""The JSON endpoint for front ends on the same site."""

import json
from typing import Any
from unittest.mock import Mock

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import SignIn, User
from accounts.services.sign_ins import SignInRefusedError
from session_auth import sessions
from tests.conftest import PASSWORD
from tests.session_auth.conftest import is_signed_in, log_in

SESSION = "/accounts/session/"
CREDENTIALS = {"email": "ada@example.com", "password": PASSWORD}
# One reader could take the first address, another the second.
REPEATED = b'{"email": "a@example.com", "email": "b@example.com", "password": "x"}'


def strict() -> Client:
    """Return a browser whose requests need a CSRF token."""
    return Client(enforce_csrf_checks=True)


def send(browser: Client, method: str, body: Any = None, **headers: str) -> Any:
    """Send JSON with the CSRF token of the endpoint, as a front end does."""
    token = browser.get(SESSION).json()["csrf_token"]
    sent = {"X-CSRFToken": token} | headers
    return getattr(browser, method)(
        SESSION, json.dumps(body), content_type="application/json", headers=sent
    )


def test_front_end_signs_in_and_out(user: User) -> None:
    browser = strict()
    response = browser.get(SESSION, headers={"Origin": "https://evil.example"})
    assert response["Cache-Control"] == "no-store"
    assert not response.has_header("Access-Control-Allow-Origin")
    assert (response.json()["signed_in"], response.json()["user"]) == (False, None)

    state = send(browser, "post", CREDENTIALS).json()

    shown = {"id": str(user.pk), "email": user.email, "name": user.name}
    assert (state["signed_in"], state["user"]) == (True, shown)
    assert browser.get(SESSION).json()["user"] == shown
    assert is_signed_in(browser)
    assert SignIn.objects.get().methods == "pwd"
    response = browser.delete(SESSION, headers={"X-CSRFToken": state["csrf_token"]})
    assert response.json()["signed_in"] is False
    assert response["Clear-Site-Data"]
    assert not is_signed_in(browser)
    assert send(browser, "post", CREDENTIALS).json()["signed_in"] is True


@pytest.mark.parametrize("method", ["post", "delete"])
def test_request_without_a_csrf_token_changes_nothing(user: User, method: str) -> None:
    browser = log_in(user, browser=Client())
    browser.handler.enforce_csrf_checks = True

    response = send(browser, method, CREDENTIALS, **{"X-CSRFToken": "x" * 64})

    assert (response.status_code, response.json()["code"]) == (403, "csrf_failed")
    assert browser.post("/accounts/profile/", {"name": "Countess"}).status_code == 403
    assert SignIn.objects.filter(revoked_at=None).count() == 1
    assert is_signed_in(browser)


def test_wrong_credentials_are_refused_and_limited(user: User, settings: Settings) -> None:
    attempts, _ = settings.RATE_LIMITS["account_and_ip"]
    for email in [user.email] * attempts + ["nobody@example.com"]:
        response = send(strict(), "post", {"email": email, "password": "wrong"})
        assert (response.status_code, response.json()["code"]) == (401, "invalid_credentials")
        assert response["WWW-Authenticate"]

    response = send(strict(), "post", CREDENTIALS)

    assert (response.status_code, response.json()["code"]) == (429, "throttled")
    assert int(response["Retry-After"]) > 0


def test_account_that_changes_meanwhile_is_refused(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "start_sign_in", Mock(side_effect=SignInRefusedError))

    assert send(strict(), "post", CREDENTIALS).json()["code"] == "invalid_credentials"


@pytest.mark.parametrize(
    ("body", "named"),
    [
        *((body, "email") for body in (b"{}", b'{"password": "x"}')),
        (b'{"email": "ada@example.com"}', "password"),
        *((body, "code") for body in (b" ", b"[]", b"\xff", b"[" * 100_000, REPEATED)),
        *((b'{"email": %b}' % email, "code") for email in (b"1", b'"\\ud800"')),
    ],
    ids=lambda value: str(value)[:30],
)
def test_body_with_a_missing_field_or_another_form_is_refused(
    db: None, body: bytes, named: str
) -> None:
    response = Client().post(SESSION, body, content_type="application/json")

    found = response.json()
    assert response.status_code == 400
    assert found["code"] == "parse_error" if named == "code" else isinstance(found[named], list)
    assert Client().post(SESSION, CREDENTIALS).status_code == 415
