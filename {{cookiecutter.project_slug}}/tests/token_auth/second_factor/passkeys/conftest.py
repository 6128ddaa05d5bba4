"""Requests to the endpoints of passkeys."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from tests.accounts.second_factor.passkeys.conftest import device
from tests.accounts.second_factor.passkeys.device import Device
from tests.token_auth.api import client

__all__ = ["device"]

PASSKEY = "/api/auth/token/passkey/"
PASSKEY_OPTIONS = "/api/auth/token/passkey/options/"
TICKET_OPTIONS = "/api/auth/token/second-factor/options/"
TICKET_PASSKEY = "/api/auth/token/second-factor/passkey/"
OPTIONS = "/api/auth/second-factor/options/"
PASSKEYS = "/api/auth/second-factor/passkeys/"


def send(device: Device) -> Any:
    """Use a passkey alone, and return the response."""
    options = client().post(PASSKEY_OPTIONS).json()
    return client().post(PASSKEY, {"passkey": device.get(options)})


def sign_in_with(device: Device) -> APIClient:
    """Sign in with a passkey alone."""
    return client(send(device).json()["access"])


@pytest.fixture
def member(user: User, device: Device) -> APIClient:
    """A client of the user with that device, who has just signed in."""
    return sign_in_with(device)
