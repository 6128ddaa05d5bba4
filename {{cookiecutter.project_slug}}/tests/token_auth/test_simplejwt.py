"""Features that simplejwt documents, in a project whose tokens belong to sign-ins."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from pytest_django import Settings
from rest_framework_simplejwt import tokens as simplejwt
from time_machine import TimeMachineFixture

from accounts.models import User
from tests.token_auth.api import Pair, accepts_access
from token_auth import revocation, tokens

LEEWAY = 20


@pytest.mark.parametrize(
    "kind",
    [
        simplejwt.AccessToken,
        simplejwt.RefreshToken,
        simplejwt.SlidingToken,
        tokens.AccessToken,
        tokens.RefreshToken,
    ],
)
def test_for_user_names_the_function_to_use(user: User, kind: Any) -> None:
    """B08: it would return a token that nothing accepts."""
    with pytest.raises(TypeError, match=r"token_auth\.services\.obtain"):
        kind.for_user(user)


@pytest.mark.parametrize(
    ("leeway", "late", "accepted"),
    [(LEEWAY, LEEWAY - 1, True), (LEEWAY, LEEWAY, False), (0, 0, False)],
)
def test_leeway_is_honored(
    settings: Settings,
    clock: TimeMachineFixture,
    pair: Pair,
    leeway: int,
    late: int,
    accepted: bool,
) -> None:
    """B08."""
    settings.SIMPLE_JWT = {**settings.SIMPLE_JWT, "LEEWAY": timedelta(seconds=leeway)}

    clock.shift(pair["expires_in"] + late)

    assert accepts_access(pair) is accepted


def test_leeway_keeps_revocation_entries_for_longer(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B08: a revoked token is not accepted again by the leeway."""
    timeouts: list[int] = []
    recorder = SimpleNamespace(set_many=lambda _, timeout: timeouts.append(timeout))
    monkeypatch.setattr(revocation, "cache", recorder)
    for seconds in (0, 600):
        settings.SIMPLE_JWT = {**settings.SIMPLE_JWT, "LEEWAY": seconds}
        revocation.revoke([uuid4()])

    assert timeouts[1] == timeouts[0] + 600
