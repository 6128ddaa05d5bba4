"""Pages of a signed-in user: the password again, the account, and the list of sign-ins."""

import re
from datetime import timedelta
from typing import Any
from unittest.mock import Mock
from uuid import uuid4

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from django.utils import timezone
from pytest_django import Settings

from accounts.models import SignIn, User
from accounts.services import deletion
from config.urls import urlpatterns as project_urlpatterns
from session_auth.account_views import reauthentication_required
from tests.conftest import PASSWORD
from tests.session_auth.conftest import LOGIN, is_signed_in, log_in

pytestmark = pytest.mark.urls(__name__)
GUARDED = "/guarded/?a=1"
REAUTHENTICATE = "/accounts/reauthenticate/"
DELETE, EXPORT = "/accounts/delete/", "/accounts/export/"
LIST, ALL = "/accounts/sign-ins/", "/accounts/sign-ins/revoke-all/"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0"


@reauthentication_required
def guarded(request: HttpRequest) -> HttpResponse:
    """View of a team that requires a recent authentication."""
    return HttpResponse()


urlpatterns = [*project_urlpatterns, path("guarded/", guarded)]


@pytest.fixture
def stale(browser: Client, settings: Settings) -> Client:
    """A browser whose user signed in a while ago."""
    age = timedelta(seconds=settings.REAUTHENTICATION_MAX_AGE)
    SignIn.objects.update(authenticated_at=timezone.now() - age)
    return browser


def reauthenticate(browser: Client, password: str = PASSWORD, target: str = GUARDED) -> Any:
    return browser.post(REAUTHENTICATE, {"password": password, "next": target})


def messages(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def test_password_opens_a_guarded_page(stale: Client) -> None:
    response = stale.get(GUARDED)
    assert response["Location"] == f"{REAUTHENTICATE}?next=/guarded/%3Fa%3D1"
    page = stale.get(response["Location"])
    assert page.context["next"] == GUARDED
    key = stale.session.session_key

    assert reauthenticate(stale, "wrong").status_code == 200
    assert stale.get(GUARDED).status_code == 302
    assert reauthenticate(stale)["Location"] == GUARDED

    assert stale.get(GUARDED).status_code == 200
    assert stale.session.session_key != key


def test_guarded_page_needs_a_recent_sign_in_with_this_browser(user: User, stale: Client) -> None:
    assert log_in(user).get(GUARDED).status_code == 200
    assert stale.get(GUARDED).status_code == 302
    for response in (Client().get(GUARDED), reauthenticate(Client())):
        assert response["Location"].startswith(LOGIN)


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:x", ""])
def test_reauthentication_redirects_only_within_the_site(stale: Client, target: str) -> None:
    assert reauthenticate(stale, target=target)["Location"] == "/"


def test_user_deletes_the_account_and_all_sessions(
    user: User, browser: Client, other: User
) -> None:
    second = log_in(user)
    assert browser.get(DELETE).status_code == 200

    response = browser.post(DELETE)

    assert response["Location"] == LOGIN
    assert "Your account was deleted." in messages(response)
    assert User.objects.get() == other
    assert not any(is_signed_in(each) for each in (browser, second, log_in(user)))


def test_deletion_that_is_not_possible_is_explained(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deletion, "delete", Mock(side_effect=deletion.AccountInUseError))

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


def test_deletion_and_export_ask_for_the_password(stale: Client) -> None:
    for response in (stale.get(DELETE), stale.post(DELETE), stale.get(EXPORT)):
        assert response["Location"].startswith(f"{REAUTHENTICATE}?next=/accounts/")


def revoke_path(browser: Client) -> str:
    return f"{LIST}{browser.session['sign_in']}/revoke/"


def page(browser: Client) -> str:
    return " ".join(browser.get(LIST).content.decode().split())


def test_list_shows_the_devices_of_the_user_alone(user: User, other: User) -> None:
    browser, second = (
        Client(headers={"User-Agent": agent}) for agent in (FIREFOX, "Firefox/<script>alert(1)")
    )
    with time_machine.travel(timezone.now(), tick=False):
        log_in(user, browser=browser)
        log_in(user, browser=second)
        text = page(browser)

    assert 'Firefox on Linux <span class="badge">This device</span>' in text
    assert text.count(">now</time>") == 2
    assert text.count(">This device<") == 1
    assert "<script>alert" not in text
    assert "127.0.0.1" in text
    assert len(re.findall("<time datetime=", text)) == 2
    assert set(re.findall(rf"{LIST}[\w-]{{36}}/revoke/", text)) == {
        revoke_path(browser),
        revoke_path(second),
    }
    assert revoke_path(browser) not in page(log_in(other))


def test_one_device_or_all_can_be_signed_out(user: User, browser: Client) -> None:
    second, third = log_in(user), log_in(user)

    response = browser.post(revoke_path(second))
    assert (response.status_code, response["Location"]) == (302, LIST)
    assert "The device was signed out." in messages(response)
    assert third.post(revoke_path(third))["Location"] == LOGIN
    assert [is_signed_in(each) for each in (browser, second, third)] == [True, False, False]

    response = browser.post(ALL, {"others": "yes"})
    assert response["Location"] == LIST
    assert "All other devices were signed out." in messages(response)
    assert browser.get(ALL).context["count"] == 1
    assert browser.post(ALL)["Location"] == LOGIN
    assert not is_signed_in(browser)


def test_nothing_is_revoked_for_others_or_by_get(browser: Client, other: User) -> None:
    stranger = log_in(other)

    for address in (revoke_path(stranger), f"{LIST}{uuid4()}/revoke/"):
        assert browser.post(address).status_code == 404
    for address, status in ((ALL, 200), (revoke_path(browser), 405)):
        assert browser.get(address).status_code == status
        assert Client().post(address)["Location"].startswith(LOGIN)
    assert is_signed_in(stranger)
    assert is_signed_in(browser)
