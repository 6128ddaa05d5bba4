"""Pages offer the second factors that a user has, and no others."""

from django.test import Client
from time_machine import TimeMachineFixture

from accounts.models import User
from tests.accounts.second_factor.conftest import App
from tests.accounts.second_factor.passkeys.device import Device
from tests.session_auth.conftest import log_in
from tests.session_auth.second_factor.conftest import PAGES, SET_UP, VERIFY, enter
from tests.session_auth.second_factor.conftest import finish as finish_app
from tests.session_auth.second_factor.passkeys.conftest import OPTIONS, give


def test_users_are_offered_what_they_have(user: User, other: User, device: Device) -> None:
    App(other)
    recovery = f"{VERIFY}?recovery=1"
    with_passkey, with_app = log_in(user), log_in(other)
    page = with_passkey.get(recovery).content.decode()
    assert (page.count("Use a passkey"), page.count("Use a code of your app")) == (1, 0)
    page = with_app.get(recovery).content.decode()
    assert (OPTIONS in page, "Use a code of your app" in page) == (False, True)
    assert OPTIONS not in with_app.get(VERIFY).content.decode()
    assert enter(with_passkey, device.recovery_codes[0], recovery)["Location"] == "/"


def test_app_and_passkey_are_both_offered(
    user: User, signed_in: Client, device: Device, clock: TimeMachineFixture
) -> None:
    assert "Set up an app" in signed_in.get(PAGES).content.decode()
    app, response = finish_app(signed_in, give(signed_in, device, SET_UP))
    assert response.context["codes"]
    assert "a passkey, or with your password" in signed_in.get(PAGES).content.decode()
    clock.shift(60)

    held = log_in(user)

    page = held.get(VERIFY).content.decode()
    assert OPTIONS in page
    assert 'inputmode="numeric"' in page
    assert enter(held, app.code())["Location"] == "/"
