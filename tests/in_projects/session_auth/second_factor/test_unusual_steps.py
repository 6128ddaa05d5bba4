"""Steps that no honest user takes, and values that no form of a page sends."""

from contextlib import suppress
from unittest.mock import Mock

import pytest
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from pytest_django import Settings
from time_machine import TimeMachineFixture

from accounts.models import User
from accounts.second_factor import services
from accounts.second_factor.errors import SecondFactorRequiredError
from accounts.services import sign_ins
from config import urls
from tests.accounts.second_factor.conftest import App, ticket_of, wrong
from tests.conftest import PASSWORD
from tests.session_auth.conftest import ADMIN, LOGIN, is_signed_in, log_in
from tests.session_auth.second_factor.conftest import (
    CODES,
    PAGES,
    REMOVE,
    SET_UP,
    VERIFY,
    by_page,
    enter,
    finish,
    set_up,
    shows,
)

TICKET = "second_factor_ticket"


@login_not_required
def careless_view(request: HttpRequest) -> HttpResponse:
    with suppress(Exception):
        login(request, User.objects.get(email=request.GET["email"]))
    return HttpResponse("signed in" if request.user.is_authenticated else "not signed in")


urlpatterns = [path("careless/", careless_view), *urls.urlpatterns]


@pytest.mark.urls(__name__)
def test_view_that_ignores_errors_does_not_sign_in(user: User, other: User) -> None:
    """M01."""
    App(user)
    browser = Client()
    for each, shown in ((user, b"not signed in"), (other, b"signed in")):
        assert browser.get("/careless/", {"email": each.email}).content == shown
        assert is_signed_in(browser) is (each == other)


def test_ticket_is_good_for_minutes_and_one_step_and_no_longer_after_a_change(
    user: User, held: Client, app: App, clock: TimeMachineFixture
) -> None:
    """M03, M15."""
    assert held.get(SET_UP)["Location"] == LOGIN
    other_browser, late = log_in(user), log_in(user)
    User.objects.update(is_staff=True)
    assert enter(held, app.code())["Location"] == LOGIN
    assert enter(other_browser, app.code())["Location"] == LOGIN
    clock.shift(300)
    assert enter(late, app.code())["Location"] == LOGIN
    expired = enter(late, app.code(), f"{VERIFY}?next=/accounts/profile/")
    assert expired["Location"] == f"{LOGIN}?next=/accounts/profile/"

    assert enter(log_in(user), app.code())["Location"] == "/"


def test_ticket_in_a_url_or_form_or_of_another_browser_is_ignored(user: User, app: App) -> None:
    """M20: no one can put the next step of their own sign-in into another browser."""
    ticket = ticket_of(user)
    browser = Client()

    for page in (f"{VERIFY}?ticket={ticket}&{TICKET}={ticket}", VERIFY):
        assert enter(browser, app.code(), page, ticket=ticket, **{TICKET: ticket})["Location"]

    assert not is_signed_in(browser)
    assert enter(log_in(user), app.code())["Location"] == "/"


def test_next_step_needs_a_csrf_token(held: Client, app: App) -> None:
    """M20."""
    held.handler.enforce_csrf_checks = True
    assert enter(held, app.code()).status_code == 403
    held.get(VERIFY)
    token = held.cookies["csrftoken"].value
    assert enter(held, app.code(), csrfmiddlewaretoken=token).status_code == 302


@pytest.mark.parametrize("target", ["//evil.test/", "https://evil.test/", "javascript:alert(1)"])
def test_foreign_target_is_ignored(user: User, app: App, target: str) -> None:
    browser = Client()
    page = by_page(browser, user, next=target)["Location"]
    assert enter(browser, app.code(), page)["Location"] == "/"


def test_guesses_are_limited(user: User, held: Client, app: App, settings: Settings) -> None:
    """M06."""
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"second_factor": (2, 60)}
    bad = wrong(app.code())

    statuses = [enter(held, code).status_code for code in (bad, bad, app.code())]

    assert statuses == [200, 200, 429]
    elsewhere = Client(REMOTE_ADDR="198.51.100.1")
    assert enter(log_in(user, browser=elsewhere), app.code()).status_code == 302


@pytest.mark.parametrize("text", ["", "   ", "\u2003", "²34567", "9" * 5000, "-"])
@pytest.mark.parametrize("page", [VERIFY, CODES, REMOVE, SET_UP, f"{VERIFY}?recovery"])
def test_other_text_is_refused(
    user: User, signed_in: Client, app: App, page: str, text: str
) -> None:
    """M12."""
    browser = log_in(user) if page.startswith(VERIFY) else signed_in
    response = enter(browser, text, page)
    assert (response.status_code, list(response.context["form"].errors)) == (200, ["code"])
    assert enter(browser, app.code(), page).status_code in {200, 302}


def test_account_that_changes_during_the_last_step_is_refused(
    held: Client, app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sign_ins, "start", Mock(side_effect=sign_ins.SignInRefusedError))
    assert enter(held, app.code()).status_code == 403
    assert not is_signed_in(held)


def test_secret_chosen_by_the_client_is_refused(browser: Client) -> None:
    """M18."""
    for state in ("", "JBSWY3DPEHPK3PXP"):
        response = browser.post(SET_UP, {"code": "123456", "state": state}, follow=True)
        assert response.redirect_chain == [(PAGES, 302)]
        assert shows(response)
    assert set_up(browser)[1].context["codes"]


def test_tests_sign_in_users_who_need_a_second_factor(user: User, app: App) -> None:
    """As docs/second-factor-on-pages.md says."""
    browser, user = Client(), User.objects.get()
    with pytest.raises(SecondFactorRequiredError):
        browser.force_login(user)
    assert not is_signed_in(browser)
    user.authentication_methods = ["pwd", "otp"]
    browser.force_login(user)
    assert is_signed_in(browser)


def test_failed_sign_in_leaves_no_app_behind(
    user: User, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M15: who has lost the password to others resets it while they set up an app."""
    settings.SECOND_FACTOR_REQUIRED = "all"
    browser = log_in(user)
    page = browser.get(SET_UP)
    with monkeypatch.context() as patches:
        patches.setattr(sign_ins, "start", Mock(side_effect=sign_ins.SignInRefusedError))
        _, refused = finish(browser, page)
    assert refused.status_code == 403
    assert not is_signed_in(browser)
    assert not services.status(user).enabled
    assert set_up(log_in(user))[1].context["codes"]


def test_staff_are_held_on_their_way_to_the_admin(user: User, app: App) -> None:
    """M01."""
    User.objects.update(is_staff=True)
    browser = Client()
    login_page = browser.get(f"{ADMIN}login/?next={ADMIN}")["Location"]

    response = browser.post(login_page, {"username": user.email, "password": PASSWORD})

    assert browser.get(ADMIN).status_code == 302
    assert enter(browser, app.code(), response["Location"])["Location"] == ADMIN
    assert browser.get(ADMIN).status_code == 200
