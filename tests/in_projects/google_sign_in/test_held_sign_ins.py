"""Sign-ins with Google of users who have a second factor; allauth does not know of it."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialToken
from allauth.socialaccount.providers.google.views import GoogleOAuth2Adapter
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.models import SignIn, User
from tests.accounts.second_factor.conftest import App
from tests.session_auth.second_factor.conftest import SET_UP, VERIFY, enter, set_up
from time_machine import TimeMachineFixture


@pytest.fixture
def browser(client: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    """A browser on its way back from Google, which has confirmed the address of the user."""
    answer = {"sub": "1", "email": "ada@example.com", "email_verified": True, "name": "Ada"}

    def complete(self: Any, request: Any, *_: Any, **__: Any) -> Any:
        return self.get_provider().sociallogin_from_response(request, answer)

    monkeypatch.setattr(GoogleOAuth2Adapter, "get_access_token_data", lambda *_, **__: {})
    monkeypatch.setattr(GoogleOAuth2Adapter, "parse_token", lambda *_: SocialToken(token="x"))
    monkeypatch.setattr(GoogleOAuth2Adapter, "complete_login", complete)
    return client


def come_back(browser: Client) -> Any:
    """Sign in with Google, as far as allauth goes."""
    location = browser.post(reverse("google_login")).headers["Location"]
    state = parse_qs(urlsplit(location).query)["state"][0]
    return browser.get(reverse("google_callback"), {"code": "x", "state": state})


def is_signed_in(browser: Client) -> bool:
    return browser.get(reverse("profile")).status_code == 200


def test_sign_in_of_a_user_with_an_app_is_held_until_the_code(
    browser: Client, user: User, clock: TimeMachineFixture
) -> None:
    """M01."""
    app = App(user)
    clock.shift(60)

    held = come_back(browser)

    assert (held.status_code, urlsplit(held["Location"]).path) == (302, VERIFY)
    assert not SignIn.objects.exists()
    assert not is_signed_in(browser)
    assert enter(browser, app.code(), held["Location"]).status_code == 302
    assert is_signed_in(browser)


def test_new_user_is_held_if_the_policy_asks_for_a_second_factor(
    browser: Client, settings: Settings, db: None
) -> None:
    """M15."""
    settings.SECOND_FACTOR_REQUIRED = "all"

    held = come_back(browser)

    assert urlsplit(held["Location"]).path == SET_UP
    assert User.objects.count() == 1
    assert not SignIn.objects.exists()
    set_up(browser)
    assert is_signed_in(browser)


def test_sign_in_without_a_second_factor_is_not_held(browser: Client, user: User) -> None:
    assert come_back(browser)["Location"] == "/"
    assert is_signed_in(browser)
