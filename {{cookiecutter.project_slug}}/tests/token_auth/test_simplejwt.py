"""What simplejwt offers and documents, in a project whose tokens belong to sign-ins."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.utils import timezone
from pytest_django import Settings
from rest_framework_simplejwt import tokens as simplejwt
from rest_framework_simplejwt.settings import api_settings

from accounts.models import User
from tests.token_auth.api import Pair, accepts_access, client, refresh, sign_in
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


class RecordingCache:
    """The cache, which records how long revocation entries are kept."""

    def __init__(self) -> None:
        self.timeouts: list[int] = []

    def set_many(self, _: object, timeout: int) -> None:
        self.timeouts.append(timeout)

    def __getattr__(self, name: str) -> Any:
        return getattr(cache, name)


@pytest.fixture
def leeway(settings: Settings) -> None:
    settings.SIMPLE_JWT = {**settings.SIMPLE_JWT, "LEEWAY": timedelta(seconds=LEEWAY)}


@pytest.mark.usefixtures("leeway")
@pytest.mark.parametrize(("late", "good"), [(0, True), (LEEWAY - 1, True), (LEEWAY, False)])
def test_leeway_is_honored(
    user: User, time_machine: time_machine.TimeMachineFixture, late: int, good: bool
) -> None:
    """B08."""
    time_machine.move_to(timezone.now().replace(microsecond=0), tick=False)
    pair = sign_in(user)

    time_machine.shift(pair["expires_in"] + late)

    assert accepts_access(pair) is good


@pytest.mark.parametrize("late", [0, LEEWAY])
def test_without_leeway_an_expired_token_is_refused(
    user: User, time_machine: time_machine.TimeMachineFixture, late: int
) -> None:
    assert api_settings.LEEWAY == 0
    time_machine.move_to(timezone.now().replace(microsecond=0), tick=False)
    pair = sign_in(user)

    time_machine.shift(pair["expires_in"] + late)

    assert not accepts_access(pair)


def test_leeway_keeps_revocation_entries_for_longer(
    pair: Pair, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B08: a revoked token is not accepted again by the leeway."""
    recording = RecordingCache()
    monkeypatch.setattr(revocation, "cache", recording)
    for seconds in (0, 600):
        settings.SIMPLE_JWT = {**settings.SIMPLE_JWT, "LEEWAY": seconds}
        following = refresh(sign_in(User.objects.get()))
        assert following is not None
        client().post("/api/auth/token/revoke/", {"refresh": following["refresh"]})

    assert recording.timeouts[-1] == recording.timeouts[0] + 600
