"""Access tokens end with their sign-in, in each mode, and through outages of the cache."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import SignIn, User
from tests.conftest import empty_cache
from tests.token_auth.api import (
    ME,
    REVOKE,
    Pair,
    accepts_access,
    call_own_view,
    client,
    is_dead,
    refresh,
    sign_in,
)
from token_auth import revocation


class Outage:
    """A cache that cannot be reached until it is over."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
        self._monkeypatch = monkeypatch
        self._settings = settings

    def begin(self) -> None:
        self._monkeypatch.setattr(revocation, "cache", self)

    def end(self, *, lost: bool) -> None:
        """Have it back; with `lost`, as after a restart without what it held."""
        if lost:
            empty_cache(self._settings)
        self._monkeypatch.setattr(revocation, "cache", cache)

    def __getattr__(self, _: str) -> Callable[..., Any]:
        def refuse(*_: object, **__: object) -> None:
            raise ConnectionError

        return refuse


@pytest.fixture
def outage(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Outage:
    return Outage(monkeypatch, settings)


def revoke(pair: Pair) -> None:
    assert client().post(REVOKE, {"refresh": pair["refresh"]}).status_code == 204


def test_a_mark_ends_one_sign_in_and_no_other(user: User, pair: Pair) -> None:
    second = sign_in(user)

    revocation.revoke([SignIn.objects.earliest("created_at").pk])

    assert not accepts_access(pair)
    assert accepts_access(second)


def test_a_good_sign_in_goes_on_without_the_cache(pair: Pair, outage: Outage) -> None:
    outage.begin()

    assert accepts_access(pair)
    following = refresh(pair)
    assert following is not None
    assert accepts_access(following)


def test_an_ended_sign_in_is_refused_without_the_cache(pair: Pair, outage: Outage) -> None:
    outage.begin()
    revoke(pair)

    assert is_dead(pair)


def test_a_sign_in_of_nobody_is_refused_without_the_cache(pair: Pair, outage: Outage) -> None:
    outage.begin()
    SignIn.objects.all().delete()

    assert not accepts_access(pair)


@pytest.mark.parametrize("state", [{"is_active": False}, {"email_verified_at": None}])
def test_whoever_may_not_sign_in_is_refused_without_the_cache(
    pair: Pair, outage: Outage, state: dict[str, bool | None]
) -> None:
    outage.begin()
    assert accepts_access(pair)

    User.objects.update(**state)

    assert not accepts_access(pair)


@pytest.mark.parametrize("lost", [False, True])
def test_what_ended_in_an_outage_is_refused_after_it(
    user: User, pair: Pair, outage: Outage, lost: bool
) -> None:
    second = sign_in(user)
    outage.begin()
    revoke(pair)
    outage.end(lost=lost)

    assert is_dead(pair)
    assert accepts_access(second)


@pytest.mark.parametrize("lost", [False, True])
def test_what_ended_before_an_outage_is_refused_after_it(
    user: User, pair: Pair, outage: Outage, lost: bool
) -> None:
    second = sign_in(user)
    revoke(pair)
    outage.begin()
    assert not accepts_access(pair)
    outage.end(lost=lost)

    assert is_dead(pair)
    assert accepts_access(second)


def test_a_cache_that_lost_everything_unnoticed_lets_nobody_back_in(
    user: User, pair: Pair, settings: Settings
) -> None:
    second = sign_in(user)
    revoke(pair)
    empty_cache(settings)

    assert is_dead(pair)
    assert accepts_access(second)


def test_a_token_made_without_the_cache_is_good_and_ends(user: User, outage: Outage) -> None:
    outage.begin()
    pair = sign_in(user)
    assert accepts_access(pair)
    outage.end(lost=False)
    assert accepts_access(pair)

    revoke(pair)

    assert is_dead(pair)


def test_after_an_outage_new_tokens_take_no_query_again(
    user: User, pair: Pair, outage: Outage, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    outage.begin()
    assert accepts_access(pair)
    outage.end(lost=True)

    following = sign_in(user)
    with django_assert_num_queries(0):
        assert call_own_view(following) == user.pk
    with django_assert_num_queries(1):
        assert call_own_view(pair) == user.pk


def test_a_deleted_user_is_refused_when_the_mark_is_lost(
    user: User, pair: Pair, outage: Outage
) -> None:
    outage.begin()
    user.delete()
    outage.end(lost=True)

    response = client(pair["access"]).get(ME)

    assert (response.status_code, response.json()["code"]) == (401, "token_not_valid")
    assert response["WWW-Authenticate"] == 'Bearer realm="api"'


@pytest.mark.parametrize("mode", ["cache", "database"])
def test_a_sign_in_takes_its_access_tokens_with_it(
    user: User, settings: Settings, mode: str
) -> None:
    settings.JWT_REVOCATION = mode
    pair, second = sign_in(user), sign_in(user)

    revoke(pair)

    assert is_dead(pair)
    assert accepts_access(second)


def test_without_revocation_an_access_token_lives_to_its_end(
    user: User, settings: Settings
) -> None:
    settings.JWT_REVOCATION = "none"
    pair = sign_in(user)

    revoke(pair)

    assert accepts_access(pair)
    assert refresh(pair) is None


@pytest.mark.parametrize("mode", ["database", "none"])
def test_the_other_modes_need_no_cache(
    user: User, settings: Settings, outage: Outage, mode: str
) -> None:
    settings.JWT_REVOCATION = mode
    outage.begin()
    pair = sign_in(user)

    assert accepts_access(pair)
    revoke(pair)
    assert accepts_access(pair) is (mode == "none")


def test_a_mode_may_change_while_tokens_are_out(user: User, settings: Settings) -> None:
    for before in ("none", "database", "cache"):
        settings.JWT_REVOCATION = before
        pair, ended = sign_in(user), sign_in(user)
        revoke(ended)
        for after in ("database", "cache"):
            settings.JWT_REVOCATION = after
            assert accepts_access(pair)
            assert not accepts_access(ended)
