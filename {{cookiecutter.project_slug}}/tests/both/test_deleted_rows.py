"""Sign-ins that staff delete in the admin end, on pages and in the API."""

from collections.abc import Callable

import pytest
from django.conf import settings as project_settings
from django.test import Client
from pytest_django import Settings

from accounts.models import SignIn, User
from tests.both.conftest import exchange, shows_home, signed_in_browser
from tests.token_auth.api import Pair, accepts_access, claims, is_dead, refresh, sign_in

LIST = f"/{project_settings.ADMIN_URL}accounts/signin/"
Delete = Callable[[Client, str], None]


@pytest.fixture
def admin(db: None) -> Client:
    browser = Client()
    browser.force_login(User.objects.create_superuser("root@example.com"))
    return browser


def delete_one(admin: Client, pk: str) -> None:
    assert admin.post(f"{LIST}{pk}/delete/", {"post": "yes"}).status_code == 302


def delete_selected(admin: Client, pk: str) -> None:
    form = {"action": "delete_selected", "_selected_action": [pk], "post": "yes"}
    assert admin.post(LIST, form).status_code == 302


@pytest.mark.parametrize("delete", [delete_one, delete_selected])
@pytest.mark.parametrize("mode", ["cache", "database"])
def test_deleting_a_sign_in_of_tokens_revokes_them(
    user: User, admin: Client, settings: Settings, delete: Delete, mode: str
) -> None:
    """A04: the access token too."""
    settings.JWT_REVOCATION = mode
    pair, other = sign_in(user), sign_in(user)

    delete(admin, claims(pair["access"])["sid"])

    assert is_dead(pair)
    assert accepts_access(other)
    assert refresh(other)


def of_session(browser: Client, _: Pair) -> str:
    return str(browser.session["sign_in"])


def of_tokens(_: Client, pair: Pair) -> str:
    return str(claims(pair["access"])["sid"])


@pytest.mark.parametrize("delete", [delete_one, delete_selected])
@pytest.mark.parametrize("which", [of_session, of_tokens])
def test_deleting_a_sign_in_ends_the_session_and_its_tokens(
    user: User, admin: Client, delete: Delete, which: Callable[[Client, Pair], str]
) -> None:
    """A04: the tokens that the session was exchanged for."""
    browser, other = signed_in_browser(user), signed_in_browser(user)
    pair, kept = exchange(browser), exchange(other)

    delete(admin, which(browser, pair))

    assert not shows_home(browser)
    assert is_dead(pair)
    assert shows_home(other)
    assert accepts_access(kept)


def test_deleting_all_sign_ins_ends_all(user: User, admin: Client, pair: Pair) -> None:
    browser = signed_in_browser(user)
    exchanged = exchange(browser)

    SignIn.objects.all().delete()

    assert not shows_home(browser)
    assert not shows_home(admin)
    assert is_dead(pair)
    assert is_dead(exchanged)
