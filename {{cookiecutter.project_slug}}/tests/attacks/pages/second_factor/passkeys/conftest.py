"""Browsers and devices with passkeys."""

import json
import re
from html import unescape
from typing import Any

import pytest

from tests.accounts.second_factor.passkeys.device import Device
from tests.attacks.checks import assert_gives_nothing_away
from tests.attacks.pages.client import LOGIN, ORIGIN, Browser
from tests.attacks.server import Answer, Server

PAGES = "/accounts/second-factor/"
VERIFY = f"{PAGES}verify/"
ADD, OPTIONS, SIGN_IN = (f"{PAGES}passkeys/{name}/" for name in ("add", "options", "sign-in"))


def add(browser: Browser, device: Device, **changes: Any) -> Answer:
    """Add a passkey on its page."""
    found = re.search(r'data-create="([^"]+)"', browser.get(ADD).text)
    assert found
    response = device.create(json.loads(unescape(found[1])), **changes)
    return browser.post(ADD, {"code": response, "name": "My laptop"})


def respond(browser: Browser, device: Device, page: str = SIGN_IN, **changes: Any) -> str:
    """Return a response to the options that the browser gets."""
    return device.get(json.loads(browser.get(page).body), **changes)


def sign_in(browser: Browser, response: str) -> Answer:
    """Send a response on the sign-in page."""
    browser.get(LOGIN)
    return browser.post(SIGN_IN, {"code": response})


def sign_in_with(server: Server, device: Device, **changes: Any) -> Browser:
    """Sign in with a passkey alone, in a new browser."""
    browser = Browser(server)
    answer = sign_in(browser, respond(browser, device, **changes))
    assert_gives_nothing_away(answer)
    assert answer.headers["Location"] == ("/" if browser.is_signed_in() else LOGIN)
    return browser


@pytest.fixture
def device(browser: Browser) -> Device:
    """A device with a passkey of the user with that email address."""
    device = Device(ORIGIN)
    assert add(browser, device).status == 200
    return device
