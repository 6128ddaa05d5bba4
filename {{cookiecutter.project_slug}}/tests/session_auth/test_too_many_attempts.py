"""Every page that takes a password counts, and says so when it was too often."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings as project_settings
from django.http import HttpResponse
from django.test import Client

from accounts.models import User
from accounts.services import rate_limits
from tests.conftest import PASSWORD, UnreachableCache
from tests.session_auth.conftest import is_signed_in

LIMIT, SECONDS = project_settings.RATE_LIMITS["account_and_ip"]
NEW = "the tide comes in at six"

Show = Callable[[Client, str, str], HttpResponse]


def at_sign_in(_: Client, email: str, password: str) -> Any:
    return Client().post("/accounts/login/", {"username": email, "password": password})


def for_the_admin(_: Client, email: str, password: str) -> Any:
    path = f"/{project_settings.ADMIN_URL}login/?next=/{project_settings.ADMIN_URL}"
    visitor = Client()
    page = visitor.get(path)["Location"]
    return visitor.post(page, {"username": email, "password": password})


def to_change_it(browser: Client, _: str, password: str) -> Any:
    form = {"old_password": password, "new_password1": NEW, "new_password2": NEW}
    return browser.post("/accounts/password_change/", form)


def to_move(browser: Client, _: str, password: str) -> Any:
    form = {"email": "ada@example.org", "password": password}
    return browser.post("/accounts/email_change/", form)


WAYS = [at_sign_in, for_the_admin, to_change_it, to_move]


@pytest.mark.parametrize("way", WAYS)
def test_after_so_many_wrong_passwords_the_right_one_is_refused(
    user: User, browser: Client, way: Show
) -> None:
    for _ in range(LIMIT):
        assert way(browser, user.email, "wrong").status_code == 200

    response = way(browser, user.email, PASSWORD)

    assert response.status_code == 429
    assert 0 < int(response["Retry-After"]) <= SECONDS
    assert "Too many attempts" in response.content.decode()
    assert is_signed_in(browser)


@pytest.mark.parametrize("way", WAYS)
def test_one_fewer_and_it_is_taken(user: User, browser: Client, way: Show) -> None:
    for _ in range(LIMIT - 1):
        way(browser, user.email, "wrong")

    assert way(browser, user.email, PASSWORD).status_code == 302


def test_all_pages_share_one_budget(user: User, browser: Client) -> None:
    for number in range(LIMIT):
        WAYS[number % len(WAYS)](browser, user.email, "wrong")

    for way in WAYS:
        assert way(browser, user.email, PASSWORD).status_code == 429


def test_a_refusal_tells_nothing_of_the_account(user: User) -> None:
    pages = set()
    for email in (user.email, "nobody@example.com"):
        for _ in range(LIMIT):
            at_sign_in(Client(), email, "wrong")
        response = at_sign_in(Client(), email, "wrong")
        assert response.status_code == 429
        pages.add(response.content)

    assert len(pages) == 1


def test_forwarded_addresses_are_not_believed(user: User) -> None:
    for number in range(LIMIT):
        headers = {"X-Forwarded-For": f"198.51.100.{number}", "X-Real-IP": f"198.51.100.{number}"}
        form = {"username": user.email, "password": "wrong"}
        Client(headers=headers).post("/accounts/login/", form)

    assert at_sign_in(Client(), user.email, PASSWORD).status_code == 429


def test_the_way_out_is_a_mail(user: User, mailoutbox: list[Any]) -> None:
    for _ in range(LIMIT):
        at_sign_in(Client(), user.email, "wrong")
    visitor = Client()
    visitor.post("/accounts/password_reset/", {"email": user.email})
    link = str(mailoutbox[0].body).partition("//testserver")[2].split()[0]
    page = visitor.get(link)["Location"]

    visitor.post(page, {"new_password1": NEW, "new_password2": NEW})

    assert at_sign_in(Client(), user.email, NEW).status_code == 302


def exhaust_network() -> None:
    for number in range(project_settings.RATE_LIMITS["ip"][0]):
        assert at_sign_in(Client(), f"{number}@example.com", "wrong").status_code == 200
    assert at_sign_in(Client(), "another@example.com", "wrong").status_code == 429


def test_known_user_signs_in_where_others_exhausted_the_limit(user: User, browser: Client) -> None:
    """D01: the user of `browser` has signed in from there; no one else has."""
    exhaust_network()

    assert at_sign_in(Client(), user.email, PASSWORD).status_code == 302


def test_password_reset_restores_access_where_others_exhausted_the_limit(
    user: User, mailoutbox: list[Any]
) -> None:
    """D01: for a user who is new there."""
    exhaust_network()
    assert at_sign_in(Client(), user.email, PASSWORD).status_code == 429
    visitor = Client()
    visitor.post("/accounts/password_reset/", {"email": user.email})
    link = str(mailoutbox[0].body).partition("//testserver")[2].split()[0]
    visitor.post(visitor.get(link)["Location"], {"new_password1": NEW, "new_password2": NEW})

    assert at_sign_in(Client(), user.email, NEW).status_code == 302
    assert at_sign_in(Client(), "another@example.com", "wrong").status_code == 429


def test_mails_to_one_address_are_counted(user: User, mailoutbox: list[Any]) -> None:
    limit, _ = project_settings.RATE_LIMITS["mail_to"]
    for _ in range(limit):
        response = Client().post("/accounts/password_reset/", {"email": user.email})
        assert response.status_code == 302

    response = Client().post("/accounts/password_reset/", {"email": user.email})

    assert response.status_code == 429
    assert len(mailoutbox) == limit
    assert at_sign_in(Client(), user.email, PASSWORD).status_code == 302


def test_nobody_is_blamed_while_the_cache_is_away(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rate_limits, "cache", UnreachableCache())

    response = at_sign_in(Client(), user.email, PASSWORD)

    assert (response.status_code, response["Retry-After"]) == (429, "30")
    page = response.content.decode()
    assert "Temporarily unavailable" in page
    assert "Try again in 1 minute." in page
    assert not re.search("(?i)too many|password", page)
    monkeypatch.undo()
    assert at_sign_in(Client(), user.email, PASSWORD).status_code == 302


def test_another_error_stays_what_it_is(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(User, "save", fail)
    browser.raise_request_exception = False

    assert browser.post("/accounts/profile/", {"name": "Countess"}).status_code == 500
