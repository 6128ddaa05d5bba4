"""The pages to delete and to export an account."""

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import SignIn, User
from accounts.services import deletion
from tests.session_auth.conftest import is_signed_in, log_in

DELETE = "/accounts/delete/"
EXPORT = "/accounts/export/"


def test_user_deletes_the_account_and_all_sessions(
    user: User, browser: Client, other: User
) -> None:
    second, of_other = log_in(user), log_in(other)
    assert browser.get(DELETE).status_code == 200
    assert User.objects.count() == 2

    response = browser.post(DELETE, follow=True)

    assert response.redirect_chain == [("/accounts/login/", 302)]
    assert "Your account was deleted." in [str(found) for found in response.context["messages"]]
    assert User.objects.get() == SignIn.objects.get().user == other
    assert not is_signed_in(browser)
    assert not is_signed_in(second)
    assert is_signed_in(of_other)
    assert not is_signed_in(log_in(user))


def test_deletion_that_is_not_possible_is_explained(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: User) -> None:
        raise deletion.AccountInUseError

    monkeypatch.setattr(deletion, "delete", refuse)
    response = browser.post(DELETE)

    assert response.status_code == 409
    assert str(deletion.AccountInUseError.message) in response.content.decode()
    assert is_signed_in(browser)


def test_user_downloads_their_data(browser: Client, other: User) -> None:
    log_in(other)
    response = browser.get(EXPORT)

    assert response["Content-Disposition"].startswith("attachment")
    assert response.json()["account"]["email"] == "ada@example.com"
    assert len(response.json()["sign_ins"]) == 1
    assert browser.post(EXPORT).status_code == 405


def test_deletion_and_export_ask_for_the_password(browser: Client, settings: Settings) -> None:
    settings.REAUTHENTICATION_MAX_AGE = 0

    for response in (browser.get(DELETE), browser.post(DELETE), browser.get(EXPORT)):
        assert response["Location"].startswith("/accounts/reauthenticate/?next=/accounts/")
    assert User.objects.count() == 1
