"""What each page costs, without a clock: a regression changes a number."""

from collections.abc import Callable

import pytest
from django.apps import apps
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from tests.accounts.costs import LINKED, Costs, costs_of

pytestmark = pytest.mark.redis


@pytest.fixture(autouse=True)
def _as_in_production(settings: Settings) -> None:
    settings.SEND_NOTICES = False
    settings.SESSION_ENGINE = "session_auth.engine"


def test_costs_of_pages(user: User, sign_in: Callable[[User], Client]) -> None:
    browser = sign_in(user)
    assert costs_of(lambda: browser.get("/")) == Costs(sql=1, redis=1, hashes=0, lines=1)
    listing = costs_of(lambda: browser.get("/accounts/sign-ins/"))
    assert listing == Costs(sql=3, redis=1, hashes=0, lines=1)


def test_costs_of_signing_in_and_out(user: User, sign_in: Callable[[User], Client]) -> None:
    statements = 7 + apps.is_installed("accounts.second_factor")
    expected = Costs(sql=statements, redis=3, hashes=1, lines=2)
    assert costs_of(lambda: sign_in(user)) == expected
    browsers = [sign_in(user), sign_in(user)]
    sign_out = costs_of(lambda: browsers.pop().post("/accounts/logout/"))
    assert sign_out == Costs(sql=6 + LINKED, redis=3 + LINKED, hashes=0, lines=2)


def test_headers_remain_small(user: User, sign_in: Callable[[User], Client]) -> None:
    headers = sign_in(user).get("/").headers
    assert sum(len(name) + len(value) + 4 for name, value in headers.items()) < 1200
