"""Pages of the second factor that finish a sign-in."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from django.utils import timezone
from time_machine import TimeMachineFixture

from accounts.models import SignIn, User
from accounts.services import sign_ins
from config import urls
from tests.accounts.second_factor.conftest import App, wrong
from tests.session_auth.conftest import COOKIE, LOGIN, is_signed_in, log_in
from tests.session_auth.second_factor.conftest import (
    SESSION,
    SET_UP,
    VERIFY,
    by_json,
    by_page,
    enter,
    shows,
)

TICKET = "second_factor_ticket"


@login_not_required
def own_view(request: HttpRequest) -> HttpResponse:
    """Sign in as a view of a team, or of a package for another way of signing in, does."""
    try:
        login(request, User.objects.get(email=request.GET["email"]))
    except PermissionDenied:
        return HttpResponse("refused")
    return HttpResponse("signed in")


urlpatterns = [path("own/", own_view), *urls.urlpatterns]


def by_own_view(browser: Client, user: User) -> Any:
    return browser.get("/own/", {"email": user.email})


def test_user_signs_in_with_password_and_code(user: User, app: App) -> None:
    browser, target = Client(), "/accounts/profile/?tab=1"
    response = by_page(browser, user, next=target)
    page = response["Location"]
    assert response.status_code == 302
    assert page.startswith(f"{VERIFY}?next=")
    assert "no-store" in browser.get(page)["Cache-Control"]
    assert not is_signed_in(browser)

    refused = enter(browser, wrong(app.code()), page)
    assert (refused.status_code, list(refused.context["form"].errors)) == (200, ["code"])
    assert wrong(app.code()) not in refused.content.decode()
    response = enter(browser, app.code(), page)

    assert response["Location"] == target
    assert is_signed_in(browser)
    assert SignIn.objects.get().methods == "pwd otp"
    assert TICKET not in browser.session


def test_user_signs_in_with_a_recovery_code(held: Client, app: App) -> None:
    assert "inputmode" in held.get(VERIFY).content.decode()
    page = f"{VERIFY}?recovery=1&next=https://evil.test/"
    assert "inputmode" not in held.get(page).content.decode()
    assert enter(held, "", page).context["form"].errors
    assert enter(held, app.recovery_codes[2].upper(), page)["Location"] == "/"
    assert is_signed_in(held)


@pytest.mark.urls(__name__)
@pytest.mark.parametrize("atomic", [False, True], ids=["autocommit", "atomic requests"])
@pytest.mark.parametrize("earlier", ["", "ada@example.com", "grace@example.com"])
@pytest.mark.parametrize("way", [by_page, by_json, by_own_view])
def test_every_way_of_signing_in_is_held(
    user: User,
    other: User,
    clock: TimeMachineFixture,
    monkeypatch: pytest.MonkeyPatch,
    way: Callable[..., Any],
    earlier: str,
    atomic: bool,
) -> None:
    """M01: the earlier sign-in of the browser ends, even that of another user."""
    monkeypatch.setitem(connection.settings_dict, "ATOMIC_REQUESTS", atomic)
    browser = Client()
    if earlier:
        log_in(User.objects.get(email=earlier), browser=browser)
    key = browser.cookies[COOKIE].value if earlier else ""
    app = App(user)
    clock.shift(60)

    response = way(browser, user)

    assert response.status_code == (403 if way is by_json else 302)
    assert not sign_ins.live(user).exists()
    assert not sign_ins.live(other).exists()
    assert not is_signed_in(browser)
    assert set(browser.session.keys()) == {TICKET}
    assert browser.session.session_key != key
    assert not Session.objects.filter(session_key=key).exists()
    if way is by_json:
        assert response.json()["code"] == "second_factor_required"
        assert browser.get(SESSION).json()["signed_in"] is False
    page = response.json()["url"] if way is by_json else response["Location"]
    held_key = browser.session.session_key
    assert enter(browser, app.code(), page).status_code == 302
    assert is_signed_in(browser)
    assert browser.session.session_key != held_key
    assert User.objects.get(pk=user.pk).last_login == timezone.now()


@pytest.mark.parametrize("page", [VERIFY, SET_UP])
@pytest.mark.parametrize("method", ["get", "post"])
def test_step_without_a_ticket_leads_to_the_sign_in_page(
    user: User, app: App, page: str, method: str
) -> None:
    """M02."""
    response = getattr(Client(), method)(page, {"code": app.code()}, follow=True)

    # Setting up an app is also a page for signed-in users, who return to it.
    ((target, _),) = response.redirect_chain
    expected = LOGIN if page == VERIFY else f"{LOGIN}?next={SET_UP}"
    assert target.partition("%3F")[0] == expected
    assert bool(shows(response)) is (page == VERIFY)
    assert enter(log_in(user), app.code()).status_code == 302
