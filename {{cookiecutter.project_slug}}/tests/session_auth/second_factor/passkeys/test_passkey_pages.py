"""Pages of passkeys: adding, listing and removing them, and signing in with them."""

import re

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import SignIn, User
from accounts.second_factor.passkeys.models import Passkey
from accounts.services import authentication
from tests.accounts.second_factor.passkeys.conftest import device_of
from tests.accounts.second_factor.passkeys.device import Device
from tests.session_auth.conftest import LOGIN, is_signed_in, log_in
from tests.session_auth.second_factor.conftest import (
    CODES,
    PAGES,
    SET_UP,
    VERIFY,
    by_page,
    enter,
    shows,
)
from tests.session_auth.second_factor.passkeys.conftest import (
    ADD,
    OPTIONS,
    PASSKEYS,
    SIGN_IN,
    finish,
    give,
    sign_in,
)


def test_user_adds_a_passkey(user: User, browser: Client) -> None:
    """M16."""
    elsewhere = log_in(user)
    assert PASSKEYS in browser.get(PAGES).content.decode()
    key, page = browser.session.session_key, browser.get(ADD)
    assert page.context["form"].initial["name"]
    assert 'data-create="{&quot;' in page.content.decode()
    assert not re.search(r" (style|on\w+)=|<script>", page.content.decode())

    response = finish(browser, page)

    assert len(response.context["codes"]) == 10
    assert "no-store" in response["Cache-Control"]
    assert browser.session.session_key != key
    assert (is_signed_in(elsewhere), is_signed_in(browser)) == (False, True)
    assert "My laptop" in browser.get(PASSKEYS).content.decode()
    assert enter(log_in(user), response.context["codes"][0])["Location"] == "/"


def test_user_of_the_policy_signs_in_by_adding_a_passkey(user: User, settings: Settings) -> None:
    """M15."""
    settings.SECOND_FACTOR_REQUIRED = "all"
    browser, target = Client(), "/accounts/profile/"
    page = by_page(browser, user, next=target)["Location"]
    link = page.replace(SET_UP, ADD)
    assert f"{ADD}?next=%2Faccounts" in browser.get(page).content.decode()
    assert f"{SET_UP}?next=%2Faccounts" in browser.get(link).content.decode()
    for name in ("My phone", " "):
        assert enter(browser, "{}", link, name=name)["Location"] == link

    response = finish(browser, browser.get(link), link)

    assert response.context["target"] == target
    assert is_signed_in(browser)
    assert "hwk" in SignIn.objects.get().methods


def test_another_passkey_needs_a_code(signed_in: Client, device: Device) -> None:
    """M08."""
    assert "creation_options" not in signed_in.get(ADD).context
    assert "creation_options" not in enter(signed_in, "123456", ADD).context

    response = finish(signed_in, give(signed_in, device, ADD))

    assert response["Location"] == PASSKEYS
    page = signed_in.get(PASSKEYS)
    assert shows(page)
    assert [passkey.name for passkey in page.context["passkeys"]] == ["My phone", "My laptop"]


def test_user_signs_in_with_a_passkey_alone(user: User, device: Device) -> None:
    browser, other, target = Client(), log_in(user), "/accounts/profile/"
    page = browser.get(f"{LOGIN}?next={target}").content.decode()
    assert SIGN_IN in page
    assert page.count(f'name="next" value="{target}"') == 2
    assert enter(browser, "{}", SIGN_IN, next=target)["Location"] == f"{LOGIN}?next={target}"
    assert shows(browser.get(LOGIN))

    response = sign_in(browser, device, next=target)

    assert response["Location"] == target
    assert is_signed_in(browser)
    assert SignIn.objects.get().methods == "hwk user"
    assert sign_in(Client(), device, next="//evil.test/")["Location"] == "/"
    key = other.session.session_key
    assert sign_in(other, device)["Location"] == "/"
    assert other.session.session_key != key
    assert "second_factor_ticket" not in other.session


def test_user_signs_in_with_the_password_and_a_passkey(held: Client, device: Device) -> None:
    page = held.get(f"{VERIFY}?next=/accounts/profile/").content.decode()
    assert OPTIONS in page
    assert 'inputmode="numeric"' not in page
    assert 'name="next"' not in page
    refused = enter(held, "{}")
    assert (refused.status_code, list(refused.context["form"].errors)) == (200, ["code"])
    assert not is_signed_in(held)
    assert Client().get(OPTIONS).status_code == 403

    assert give(held, device, VERIFY)["Location"] == "/"
    assert is_signed_in(held)


def test_passkey_gives_new_recovery_codes(signed_in: Client, device: Device) -> None:
    assert len(give(signed_in, device, CODES).context["codes"]) == 10


def test_passkey_is_removed_with_itself(user: User, signed_in: Client, device: Device) -> None:
    page = f"{PASSKEYS}{Passkey.objects.get().pk}/remove/"
    assert page in signed_in.get(PASSKEYS).content.decode()
    assert "My phone" in signed_in.get(page).content.decode()
    assert enter(signed_in, "123456", page).status_code == 200
    assert Passkey.objects.exists()

    assert give(signed_in, device, page)["Location"] == PASSKEYS

    assert shows(signed_in.get(PASSKEYS))
    assert not Passkey.objects.exists()
    assert is_signed_in(log_in(user))


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("page", [ADD, f"{PASSKEYS}1/remove/"])
def test_managing_passkeys_needs_a_recent_authentication(
    signed_in: Client, monkeypatch: pytest.MonkeyPatch, page: str, method: str
) -> None:
    """M08."""
    Passkey.objects.update(id=1)
    assert getattr(signed_in, method)(page).status_code == 200
    monkeypatch.setattr(authentication, "is_recent", lambda _: False)
    assert getattr(signed_in, method)(page)["Location"].startswith("/accounts/reauthenticate/")


def test_passkey_of_another_user_is_neither_shown_nor_removed(
    signed_in: Client, device: Device, other: User
) -> None:
    device_of(other)
    other.passkeys.update(name="A tablet")
    page = f"{PASSKEYS}{other.passkeys.get().pk}/remove/"
    assert "A tablet" not in signed_in.get(PASSKEYS).content.decode()
    assert signed_in.get(page).status_code == 404
    assert give(signed_in, device, page)["Location"] == PAGES
    assert Passkey.objects.count() == 2


def test_script_is_loaded_with_each_form(signed_in: Client) -> None:
    for browser, page in ((Client(), LOGIN), (signed_in, CODES)):
        assert browser.get(page).content.decode().count('passkeys.js" defer></script>') == 1
