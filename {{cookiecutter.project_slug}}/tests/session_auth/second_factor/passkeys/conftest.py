"""Browsers whose users have a passkey, and what they do with it."""

import json
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import User
from tests.accounts.second_factor.passkeys.conftest import device
from tests.accounts.second_factor.passkeys.device import Device
from tests.session_auth.conftest import log_in
from tests.session_auth.second_factor.conftest import PAGES, VERIFY, enter

__all__ = ["device"]

PASSKEYS = f"{PAGES}passkeys/"
ADD, OPTIONS, SIGN_IN = (f"{PASSKEYS}{name}/" for name in ("add", "options", "sign-in"))


@pytest.fixture
def held(user: User, device: Device) -> Client:
    """A browser in which the user has entered the password."""
    return log_in(user)


@pytest.fixture
def signed_in(held: Client, device: Device) -> Client:
    """A browser in which the user has signed in with the password and a passkey."""
    assert give(held, device, VERIFY).status_code == 302
    return held


def give(browser: Client, device: Device, page: str, **form: str) -> Any:
    """Use a passkey on a page that takes a code."""
    return enter(browser, device.get(browser.get(OPTIONS).json()), page, **form)


def sign_in(browser: Client, device: Device, **form: str) -> Any:
    """Use a passkey on the sign-in page."""
    return enter(browser, device.get(browser.get(SIGN_IN).json()), SIGN_IN, **form)


def finish(browser: Client, shown: Any, page: str = ADD, name: str = "My laptop") -> Any:
    """Create a passkey on a new device, with the options that a page has shown."""
    options = json.loads(shown.context["creation_options"])
    response = Device(settings.PUBLIC_BASE_URL).create(options)
    return enter(browser, response, page, name=name)
