"""Pages of the second factor: signing in with a code, setting up an app, removing it."""

import json
from collections.abc import Callable
from typing import Any
from unittest.mock import Mock

import pytest
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from django.utils import timezone
from pytest_django import Settings
from time_machine import TimeMachineFixture

from accounts.models import SignIn, User
from accounts.second_factor import services
from accounts.services import authentication, sign_ins
from config import urls
from tests.accounts.second_factor.conftest import App, ticket_of, wrong
from tests.conftest import PASSWORD
from tests.session_auth.conftest import ADMIN, COOKIE, LOGIN, USERS, is_signed_in, log_in
from tests.session_auth.second_factor.conftest import (
    CODES,
    PAGES,
    REMOVE,
    SET_UP,
    VERIFY,
    enter,
    finish,
    set_up,
)

TICKET = "second_factor_ticket"
SESSION = "/accounts/session/"


@login_not_required
def own_view(request: HttpRequest) -> HttpResponse:
    """Sign in as a view of a team, or of a package for another way of signing in, does."""
    login(request, User.objects.get(email=request.GET["email"]))
    return HttpResponse("signed in")


urlpatterns = [path("own/", own_view), *urls.urlpatterns]


def by_page(browser: Client, user: User, **form: str) -> Any:
    return browser.post(LOGIN, {"username": user.email, "password": PASSWORD} | form)


def by_json(browser: Client, user: User) -> Any:
    content = json.dumps({"email": user.email, "password": PASSWORD})
    return browser.post(SESSION, content, content_type="application/json")


def by_own_view(browser: Client, user: User) -> Any:
    return browser.get("/own/", {"email": user.email})


def shows(response: Any) -> str:
    """Return what the page that a response leads to shows above its content."""
    return " ".join(map(str, response.context["messages"]))


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
    response = enter(browser, app.code(), page)

    assert response["Location"] == target
    assert is_signed_in(browser)
    assert SignIn.objects.get().methods == "pwd otp"
    assert TICKET not in browser.session


def test_user_signs_in_with_a_recovery_code(held: Client, app: App) -> None:
    assert "inputmode" in held.get(VERIFY).content.decode()
    page = f"{VERIFY}?recovery=1"
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


def test_staff_are_held_on_their_way_to_the_admin(user: User, app: App) -> None:
    """M01."""
    User.objects.update(is_staff=True)
    browser = Client()
    login_page = browser.get(f"{ADMIN}login/?next={ADMIN}")["Location"]

    response = browser.post(login_page, {"username": user.email, "password": PASSWORD})

    assert browser.get(ADMIN).status_code == 302
    assert enter(browser, app.code(), response["Location"])["Location"] == ADMIN
    assert browser.get(ADMIN).status_code == 200


@pytest.mark.parametrize("page", [VERIFY, SET_UP])
@pytest.mark.parametrize("method", ["get", "post"])
def test_step_without_a_ticket_leads_to_the_sign_in_page(
    user: User, app: App, page: str, method: str
) -> None:
    """M02."""
    response = getattr(Client(), method)(page, {"code": app.code()}, follow=True)

    assert response.redirect_chain == [(LOGIN, 302)]
    assert shows(response)
    assert enter(log_in(user), app.code()).status_code == 302


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


def test_user_sets_up_an_app(user: User, browser: Client) -> None:
    assert b"Set up an app" in browser.get(PAGES).content
    assert PAGES.encode() in browser.get("/accounts/profile/").content
    page = browser.get(SET_UP)
    content = page.content.decode()
    assert page.context["key"] in content
    assert "<svg" in content
    assert " style=" not in content
    state, key = page.context["form"].initial["state"], browser.session.session_key
    refused = enter(browser, "12", SET_UP, state=state)
    assert refused.context["form"].errors["code"]
    assert refused.context["key"] == page.context["key"]

    app, response = finish(browser, page)

    codes = response.context["codes"]
    assert len(codes) == 10
    assert all(code in response.content.decode() for code in codes)
    assert "no-store" in response["Cache-Control"]
    assert is_signed_in(browser)
    assert browser.session.session_key != key
    assert SignIn.objects.get().methods == "pwd otp"
    assert b"10 recovery codes" in browser.get(PAGES).content
    assert enter(log_in(user), codes[0])["Location"] == "/"
    assert app.secret not in str(mail.outbox[-1].body)


def test_user_of_the_policy_signs_in_by_setting_up_an_app(user: User, settings: Settings) -> None:
    """M15."""
    settings.SECOND_FACTOR_REQUIRED = "all"
    browser, target = Client(), "/accounts/profile/"
    page = by_page(browser, user, next=target)["Location"]
    assert page.startswith(SET_UP)
    assert by_json(Client(), user).json()["code"] == "second_factor_enrollment_required"

    _, response = set_up(browser, page)

    assert response.context["target"] == target
    assert is_signed_in(browser)
    assert SignIn.objects.get().methods == "pwd otp"
    assert browser.get(SET_UP).status_code == 200
    assert REMOVE.encode() not in browser.get(PAGES).content
    assert enter(browser, response.context["codes"][0], REMOVE)["Location"] == PAGES
    assert services.status(user).enabled


def test_secret_chosen_by_the_client_is_refused(browser: Client) -> None:
    """M18."""
    for state in ("", "JBSWY3DPEHPK3PXP"):
        response = browser.post(SET_UP, {"code": "123456", "state": state}, follow=True)
        assert response.redirect_chain == [(PAGES, 302)]
        assert shows(response)
    assert set_up(browser)[1].context["codes"]


def test_app_is_replaced_with_a_code_of_the_old_one(
    user: User, signed_in: Client, app: App
) -> None:
    """M08."""
    assert "key" not in signed_in.get(SET_UP).context
    assert "key" not in enter(signed_in, wrong(app.code()), SET_UP).context

    shown = enter(signed_in, app.recovery_codes[0], f"{SET_UP}?recovery=1")
    new, response = finish(signed_in, shown)

    assert response.context["codes"]
    again = log_in(user)
    assert enter(again, app.recovery_codes[1]).status_code == 200
    assert enter(again, new.code(1)).status_code == 302


def test_recovery_codes_are_replaced(user: User, signed_in: Client, app: App) -> None:
    response = enter(signed_in, app.code(), CODES)

    codes = response.context["codes"]
    again = log_in(user)
    assert enter(again, app.recovery_codes[0]).status_code == 200
    assert enter(again, codes[0]).status_code == 302


def test_second_factor_is_removed(user: User, signed_in: Client, app: App) -> None:
    assert enter(signed_in, app.code(), REMOVE)["Location"] == PAGES
    assert shows(signed_in.get(PAGES))
    assert is_signed_in(log_in(user))
    response = signed_in.post(CODES, {"code": app.code()}, follow=True)
    assert response.redirect_chain == [(PAGES, 302)]


@pytest.mark.parametrize("page", [SET_UP, CODES, REMOVE])
@pytest.mark.parametrize("method", ["get", "post"])
def test_managing_needs_a_recent_authentication(
    signed_in: Client, app: App, monkeypatch: pytest.MonkeyPatch, page: str, method: str
) -> None:
    """M08."""
    assert getattr(signed_in, method)(page).status_code == 200
    monkeypatch.setattr(authentication, "is_recent", lambda _: False)
    response = getattr(signed_in, method)(page, {"code": app.code()})
    assert response["Location"].startswith("/accounts/reauthenticate/?next=")


def test_other_sign_ins_end_with_each_change(user: User, browser: Client) -> None:
    """M16."""
    elsewhere = log_in(user)
    assert is_signed_in(elsewhere)
    assert set_up(browser)[1].context["codes"]
    assert not is_signed_in(elsewhere)
    assert is_signed_in(browser)


def test_staff_reset_the_second_factors_of_others(
    user: User, staff: User, signed_in: Client, clock: TimeMachineFixture
) -> None:
    """A session that staff have left open is not enough to remove their own."""
    apps = App(staff), App(User.objects.create_user("x@example.com"))
    clock.shift(60)
    desk = log_in(staff)
    enter(desk, apps[0].code())
    rows = User.objects.values_list("pk", flat=True)
    mail.outbox.clear()

    response = desk.post(
        USERS, {"action": "reset_second_factor", "_selected_action": [str(pk) for pk in rows]}
    )

    assert response.status_code == 302
    assert [services.status(each).enabled for each in (user, staff)] == [False, True]
    assert (is_signed_in(signed_in), is_signed_in(desk)) == (False, True)
    assert [user.email] in [message.to for message in mail.outbox]
    assert is_signed_in(log_in(user))
