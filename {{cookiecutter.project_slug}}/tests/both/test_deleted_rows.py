"""What staff delete in the admin ends, on pages and in the API."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import SignIn, User
from tests.both.conftest import shows_home, signed_in_browser
from tests.both.test_exchange import exchange
from tests.token_auth.api import accepts_access, claims, is_dead, refresh, sign_in

LIST = "/back-office/accounts/signin/"


@pytest.fixture
def admin(db: None) -> Client:
    browser = Client()
    browser.force_login(User.objects.create_superuser("root@example.com"))
    return browser


def delete_one(admin: Client, ids: list[str]) -> Any:
    for each in ids:
        response = admin.post(f"{LIST}{each}/delete/", {"post": "yes"})
    return response


def delete_selected(admin: Client, ids: list[str]) -> Any:
    form = {"action": "delete_selected", "_selected_action": ids, "post": "yes"}
    return admin.post(LIST, form)


@pytest.mark.parametrize("delete", [delete_one, delete_selected])
@pytest.mark.parametrize("mode", ["cache", "database"])
def test_deleting_a_row_of_tokens_ends_them(
    user: User, admin: Client, settings: Settings, delete: Any, mode: str
) -> None:
    """A04: the access token too."""
    settings.JWT_REVOCATION = mode
    pair, other = sign_in(user), sign_in(user)

    assert delete(admin, [claims(pair["access"])["sid"]]).status_code == 302

    assert is_dead(pair)
    assert accepts_access(other)
    assert refresh(other)


@pytest.mark.parametrize("delete", [delete_one, delete_selected])
def test_deleting_a_row_of_a_session_ends_its_tokens(
    user: User, admin: Client, delete: Any
) -> None:
    """A04: the tokens that the session was exchanged for."""
    browser, other = signed_in_browser(user), signed_in_browser(user)
    pair, kept = exchange(browser), exchange(other)

    assert delete(admin, [browser.session["sign_in"]]).status_code == 302

    assert not shows_home(browser)
    assert is_dead(pair)
    assert shows_home(other)
    assert accepts_access(kept)


def test_deleting_a_row_of_exchanged_tokens_ends_the_session(user: User, admin: Client) -> None:
    browser = signed_in_browser(user)
    pair = exchange(browser)

    delete_one(admin, [claims(pair["access"])["sid"]])

    assert is_dead(pair)
    assert not shows_home(browser)


def test_flushing_a_session_ends_its_tokens(user: User) -> None:
    """A04: a session that code deletes without `logout()`."""
    browser = signed_in_browser(user)
    pair, other = exchange(browser), sign_in(user)

    browser.session.flush()

    assert is_dead(pair)
    assert accepts_access(other)


def test_deleting_all_rows_ends_all(user: User, admin: Client) -> None:
    browser, pair = signed_in_browser(user), sign_in(user)
    exchanged = exchange(browser)

    SignIn.objects.all().delete()

    assert not shows_home(browser)
    assert not shows_home(admin)
    assert is_dead(pair)
    assert is_dead(exchanged)
