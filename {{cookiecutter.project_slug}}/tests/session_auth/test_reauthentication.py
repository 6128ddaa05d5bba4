"""The page that asks for the password, and pages that require it."""

from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from django.utils import timezone
from pytest_django import Settings

from accounts.models import SignIn, User
from config.urls import urlpatterns as project_urlpatterns
from session_auth.account_views import reauthentication_required
from tests.conftest import PASSWORD
from tests.session_auth.conftest import log_in

pytestmark = pytest.mark.urls(__name__)
GUARDED = "/guarded/?a=1"
REAUTHENTICATE = "/accounts/reauthenticate/"


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


def test_the_password_opens_a_guarded_page(stale: Client) -> None:
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


def test_a_sign_in_opens_a_guarded_page_and_no_other_browser(user: User, stale: Client) -> None:
    assert log_in(user).get(GUARDED).status_code == 200
    assert stale.get(GUARDED).status_code == 302


def test_guarded_pages_need_a_sign_in(db: None) -> None:
    assert Client().get(GUARDED)["Location"].startswith("/accounts/login/")
    assert reauthenticate(Client())["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:x", ""])
def test_the_page_redirects_only_within_the_site(stale: Client, target: str) -> None:
    assert reauthenticate(stale, target=target)["Location"] == "/"
