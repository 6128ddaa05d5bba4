"""Pages of the second factor that set it up, replace it and remove it."""

import pytest
from django.core import mail
from django.test import Client
from pytest_django import Settings
from time_machine import TimeMachineFixture

from accounts.models import SignIn, User
from accounts.second_factor import services
from accounts.services import authentication, sign_ins
from tests.accounts.second_factor.conftest import App, wrong
from tests.session_auth.conftest import USERS, is_signed_in, log_in
from tests.session_auth.second_factor.conftest import (
    CODES,
    PAGES,
    REMOVE,
    SET_UP,
    by_json,
    by_page,
    enter,
    finish,
    set_up,
    shows,
)


def test_user_sets_up_an_app(user: User, browser: Client) -> None:
    """M16."""
    elsewhere = log_in(user)
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
    assert (is_signed_in(elsewhere), is_signed_in(browser)) == (False, True)
    assert browser.session.session_key != key
    assert sign_ins.live(user).get().methods == "pwd otp"
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
    codes = enter(signed_in, app.code(), CODES).context["codes"]
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


def test_staff_announce_a_reset_that_has_a_delay(
    user: User, staff: User, app: App, clock: TimeMachineFixture, settings: Settings
) -> None:
    settings.SECOND_FACTOR_RESET_DELAY = 60
    desk = log_in(staff)
    action = {"action": "reset_second_factor", "_selected_action": [str(user.pk)]}
    for is_left in (True, False):
        mail.outbox.clear()
        page = desk.post(USERS, action, follow=True).content
        assert (b'class="warning"' in page, b'class="info"' in page) == (is_left, not is_left)
        assert services.status(user).enabled is is_left
        assert [message.to for message in mail.outbox] == [[user.email]]
        clock.shift(60)
