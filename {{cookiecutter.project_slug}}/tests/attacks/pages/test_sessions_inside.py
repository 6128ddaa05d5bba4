"""S and P: properties of sessions that need another clock or the database."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client

from accounts.models import SignIn, User
from tests.conftest import PASSWORD
from tests.session_auth.conftest import browser, is_signed_in, sign_in

__all__ = ["browser", "sign_in"]

START = datetime(2040, 1, 1, tzinfo=UTC)
IDLE = settings.SIGN_IN_LIMITS["session"]["idle"]
ABSOLUTE = settings.SIGN_IN_LIMITS["session"]["absolute"]
REAUTHENTICATE = "/accounts/reauthenticate/"
SECOND = timedelta(seconds=1)
Clock = time_machine.TimeMachineFixture
SignedIn = Callable[[User], Client]


@pytest.mark.parametrize(("late", "goes_on"), [(-SECOND, True), (SECOND, False)])
@pytest.mark.parametrize("step", [IDLE, IDLE / 2], ids=["unused", "used"])
def test_s12_s13_session_expires_when_idle_and_absolutely(
    user: User,
    sign_in: SignedIn,
    time_machine: Clock,
    step: timedelta,
    late: timedelta,
    goes_on: bool,
) -> None:
    """S12, S13, ASVS 7.1.1, 7.3.1, 7.3.2, WSTG-SESS-07: enforced on the server."""
    time_machine.move_to(START, tick=False)
    browser = sign_in(user)
    end = START + (IDLE if step == IDLE else ABSOLUTE)
    now = START + step
    while now < end:
        time_machine.move_to(now, tick=False)
        assert is_signed_in(browser)
        now += step
    time_machine.move_to(end + late, tick=False)

    assert is_signed_in(browser) is goes_on


def test_m08_a_browser_left_open_deletes_and_exports_nothing(
    user: User, sign_in: SignedIn, time_machine: Clock
) -> None:
    """M08, P24, ASVS 7.5.1: without the password of its own user, and back within the site."""
    time_machine.move_to(START, tick=False)
    browser = sign_in(user)
    time_machine.shift(settings.REAUTHENTICATION_MAX_AGE)
    for path in ("/accounts/delete/", "/accounts/export/"):
        assert browser.get(path)["Location"].startswith(REAUTHENTICATE)
    assert browser.post("/accounts/delete/")["Location"].startswith(REAUTHENTICATE)
    assert browser.post(REAUTHENTICATE, {"password": "wrong"}).status_code == 200
    assert browser.post("/accounts/delete/")["Location"].startswith(REAUTHENTICATE)
    form = {"password": PASSWORD, "next": "//evil.example/"}
    assert browser.post(REAUTHENTICATE, form)["Location"] == "/"

    assert browser.get("/accounts/export/").status_code == 200
    assert browser.post("/accounts/delete/")["Location"] == "/accounts/login/"
    assert not User.objects.exists()


@pytest.mark.parametrize("is_staff", [True, False], ids=["promoted", "demoted"])
def test_s15_changed_role_requires_a_new_sign_in(
    user: User, sign_in: SignedIn, is_staff: bool
) -> None:
    """S15, ASVS 7.4.2, 8.3.2: with a new key; `tests/contract` has every event."""
    User.objects.update(is_staff=not is_staff)
    user.refresh_from_db()
    browser, key = sign_in(user), settings.SESSION_COOKIE_NAME
    before = browser.cookies[key].value
    user.is_staff = is_staff
    user.save()

    assert not is_signed_in(browser)
    again = sign_in(user)
    assert is_signed_in(again)
    assert again.cookies[key].value != before


def test_s18_lists_of_sign_ins_contain_no_usable_key(browser: Client) -> None:
    """S18, ASVS 6.5.2: lists and logs contain hashes and IDs."""
    key = browser.cookies[settings.SESSION_COOKIE_NAME].value

    assert key not in str(SignIn.objects.values().get())


@pytest.mark.parametrize("content", ["", "gASVKAAAAAAAAACMBXBvc2l4", "e30:1:x"])
def test_s19_modified_session_data_is_anonymous(browser: Client, content: str) -> None:
    """S19, ASVS 1.5.2: sessions are read only as signed JSON."""
    Session.objects.update(session_data=content)

    assert not is_signed_in(browser)
