"""What each operation of the API costs, without a clock: a regression changes a number."""

import pytest
from django.apps import apps
from pytest_django import Settings

from accounts.models import User
from tests.accounts.costs import LINKED, Costs, costs_of
from tests.token_auth.api import (
    CREDENTIALS,
    ME,
    REVOKE,
    SIGN_INS,
    TOKEN,
    client,
    refreshed,
    sign_in,
)

pytestmark = pytest.mark.redis


@pytest.fixture(autouse=True)
def _without_emails(settings: Settings) -> None:
    settings.SEND_NOTICES = False


def test_costs_of_signed_in_requests(user: User) -> None:
    """A view that reads a field of the user pays one query."""
    api = client(sign_in(user)["access"])
    assert costs_of(lambda: api.options(SIGN_INS)) == Costs(sql=0, redis=1, hashes=0, lines=1)
    assert costs_of(lambda: api.get(ME)) == Costs(sql=1, redis=1, hashes=0, lines=1)
    assert costs_of(lambda: api.get(SIGN_INS)) == Costs(sql=2, redis=1, hashes=0, lines=1)


def test_costs_of_refreshing(user: User) -> None:
    """One command counts the attempt, and one reads the revocation epoch."""
    pairs = [sign_in(user)]
    refresh = lambda: pairs.append(refreshed(pairs[-1]))  # noqa: E731 - once
    assert costs_of(refresh) == Costs(sql=2, redis=2, hashes=0, lines=2)


def test_costs_of_signing_in_and_out(user: User) -> None:
    signing_in = costs_of(lambda: client().post(TOKEN, CREDENTIALS))
    # A second factor takes one more, and no request does.
    statements = 5 + apps.is_installed("accounts.second_factor")
    assert signing_in == Costs(sql=statements, redis=3, hashes=1, lines=2)
    pairs = [sign_in(user), sign_in(user)]
    sign_out = lambda: client().post(REVOKE, {"refresh": pairs.pop()["refresh"]})  # noqa: E731 - once
    assert costs_of(sign_out) == Costs(sql=2 + LINKED, redis=1, hashes=0, lines=2)


def test_tokens_and_headers_remain_small(user: User) -> None:
    """Proxies usually accept 4 or 8 KiB of headers."""
    pair = sign_in(user)
    assert len(pair["access"]) < 800
    assert len(pair["refresh"]) < 650
    headers = client(pair["access"]).get(ME).headers
    assert sum(len(name) + len(value) + 4 for name, value in headers.items()) < 800
