"""What ends the sign-ins of one kind, and what ends both."""

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from tests.both.conftest import shows_home, signed_in_browser
from tests.conftest import PASSWORD
from tests.token_auth.api import (
    REVOKE,
    Pair,
    accepts_access,
    client,
    is_dead,
    parts_of_link,
    refresh,
)

NEW = "the tide comes in at six"


@pytest.fixture
def api(pair: Pair) -> APIClient:
    """An API client of the same user."""
    return client(pair["access"])


def test_a_password_changed_on_a_page_ends_tokens_and_other_sessions(
    user: User, browser: Client, pair: Pair
) -> None:
    elsewhere = signed_in_browser(user)
    form = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}

    assert browser.post("/accounts/password_change/", form).status_code == 302

    assert shows_home(browser)
    assert not shows_home(elsewhere)
    assert is_dead(pair)


def test_a_password_changed_by_api_ends_sessions(
    browser: Client, pair: Pair, api: APIClient
) -> None:
    body = {"current_password": PASSWORD, "new_password": NEW}

    assert api.post("/api/auth/password/change/", body).status_code == 204

    assert not shows_home(browser)
    assert accepts_access(pair)
    assert refresh(pair)


def test_a_password_reset_on_a_page_ends_both(
    user: User, browser: Client, pair: Pair, mailoutbox: list[EmailMessage]
) -> None:
    visitor = Client()
    visitor.post("/accounts/password_reset/", {"email": user.email})
    link = parts_of_link("password_reset", str(mailoutbox[0].body))
    page = visitor.get("/accounts/reset/{uid}/{token}/".format(**link))
    form = {"new_password1": NEW, "new_password2": NEW}

    assert visitor.post(page["Location"], form).status_code == 302

    assert not shows_home(browser)
    assert is_dead(pair)


def test_a_password_reset_by_api_ends_both(
    user: User, browser: Client, pair: Pair, mailoutbox: list[EmailMessage]
) -> None:
    visitor = client()
    visitor.post("/api/auth/password/reset/", {"email": user.email})
    link = parts_of_link("password_reset", str(mailoutbox[0].body))

    answer = visitor.post("/api/auth/password/reset/confirm/", link | {"new_password": NEW})

    assert answer.status_code == 204
    assert not shows_home(browser)
    assert is_dead(pair)


@pytest.mark.parametrize("deleted", [False, True])
def test_the_end_of_an_account_ends_both(
    user: User, other: User, browser: Client, pair: Pair, deleted: bool
) -> None:
    second = signed_in_browser(other)

    if deleted:
        user.delete()
    else:
        user.is_active = False
        user.save()

    assert not shows_home(browser)
    assert is_dead(pair)
    assert shows_home(second)


def test_signing_out_on_a_page_leaves_the_api_signed_in(browser: Client, pair: Pair) -> None:
    assert browser.post("/accounts/logout/").status_code == 302

    assert not shows_home(browser)
    assert accepts_access(pair)
    assert refresh(pair)


def test_signing_out_by_api_leaves_the_page_signed_in(browser: Client, pair: Pair) -> None:
    assert client().post(REVOKE, {"refresh": pair["refresh"]}).status_code == 204

    assert is_dead(pair)
    assert shows_home(browser)


def test_an_address_changed_by_api_ends_sessions(
    browser: Client, pair: Pair, api: APIClient, mailoutbox: list[EmailMessage]
) -> None:
    api.post("/api/auth/email/change/", {"email": "ada@example.org", "password": PASSWORD})
    link = parts_of_link("verify_email", str(mailoutbox[0].body))

    assert api.post("/api/auth/email/verify/", link).status_code == 204

    assert not shows_home(browser)
    assert is_dead(pair)
