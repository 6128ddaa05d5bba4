"""Steps with passkeys that no honest user takes, and values that no form sends."""

from unittest.mock import Mock

import pytest
from django.test import Client
from pytest_django import Settings
from time_machine import TimeMachineFixture

from accounts.models import User
from accounts.second_factor import services
from accounts.second_factor.passkeys.models import Passkey
from accounts.services import sign_ins
from tests.accounts.second_factor.passkeys.device import Device
from tests.session_auth.conftest import LOGIN, is_signed_in, log_in
from tests.session_auth.second_factor.conftest import PAGES, VERIFY, enter, shows
from tests.session_auth.second_factor.passkeys.conftest import (
    ADD,
    OPTIONS,
    PASSKEYS,
    SIGN_IN,
    finish,
    give,
    sign_in,
)


def test_failed_sign_in_leaves_no_passkey_behind(
    user: User, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SECOND_FACTOR_REQUIRED = "all"
    browser = log_in(user)
    page = browser.get(ADD)
    with monkeypatch.context() as patches:
        patches.setattr(sign_ins, "start", Mock(side_effect=sign_ins.SignInRefusedError))
        assert finish(browser, page).status_code == 403
    assert not is_signed_in(browser)
    assert not services.status(user).enabled
    browser = log_in(user)
    assert finish(browser, browser.get(ADD)).context["codes"]


@pytest.mark.parametrize("name", ["", " ", "x" * 101])
def test_passkey_without_a_name_of_fitting_length_is_refused(browser: Client, name: str) -> None:
    assert finish(browser, browser.get(ADD), name=name)["Location"] == ADD
    page = browser.get(ADD)
    assert shows(page)
    assert finish(browser, page, name="x" * 100).context["codes"]


def test_refused_passkey_leads_back_to_the_sign_in_page_some_times(
    device: Device, settings: Settings
) -> None:
    """M06."""
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"passkeys": (1, 60)}
    target = "/accounts/profile/"
    assert sign_in(Client(), device, next=target)["Location"] == target
    response = Client().post(SIGN_IN, {"code": "{}", "next": target}, follow=True)
    assert response.redirect_chain == [(f"{LOGIN}?next={target}", 302)]
    assert shows(response)
    assert enter(Client(), "{}", SIGN_IN).status_code == 429
    assert enter(Client(REMOTE_ADDR="198.51.100.1"), "{}", SIGN_IN).status_code == 302
    assert sign_in(Client(), device).status_code == 302


def test_expired_ticket_leads_to_the_sign_in_page(
    user: User, held: Client, device: Device, clock: TimeMachineFixture
) -> None:
    """M03, M13: also from a form without a code."""
    assert held.get(OPTIONS).status_code == 200
    assert enter(held, "").status_code == 200
    clock.shift(301)
    assert held.get(OPTIONS).status_code == 403
    assert enter(held, "")["Location"] == LOGIN
    assert give(log_in(user), device, VERIFY)["Location"] == "/"


def test_last_passkey_stays_under_the_policy(
    signed_in: Client, device: Device, settings: Settings
) -> None:
    """M09."""
    settings.SECOND_FACTOR_REQUIRED = "all"
    page = f"{PASSKEYS}{Passkey.objects.get().pk}/remove/"
    assert give(signed_in, device, page)["Location"] == PAGES
    assert shows(signed_in.get(PAGES))
    assert Passkey.objects.exists()
