"""Access tokens end with their sign-in, in each mode, and through outages of the cache."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, cast
from uuid import UUID

import pytest
from pytest_django import DjangoAssertNumQueries, Settings
from rest_framework.request import Request
from rest_framework.test import APIClient, APIRequestFactory

from accounts.models import SignIn, User
from tests.conftest import UnreachableCache, empty_cache
from tests.token_auth.api import (
    CREDENTIALS,
    ME,
    REFRESH,
    REVOKE,
    TOKEN,
    Pair,
    accepts_access,
    client,
    is_dead,
    refresh,
    refreshed,
    sign_in,
)
from tests.token_auth.events import OF_THE_USER, TwoSignIns
from token_auth import revocation
from token_auth.authentication import BearerAuthentication

Outage = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def outage(monkeypatch: pytest.MonkeyPatch) -> Outage:
    """A context in which the cache cannot be reached."""

    @contextmanager
    def unreachable() -> Iterator[None]:
        with monkeypatch.context() as patch:
            patch.setattr(revocation, "cache", UnreachableCache())
            yield

    return unreachable


def revoke(pair: Pair) -> None:
    response = client().post(REVOKE, {"refresh": pair["refresh"]})
    assert (response.status_code, response.content) == (204, b"")


def authenticated(pair: Pair) -> UUID:
    """Return the ID of the user whom a view would get, without loading the user's fields."""
    request = APIRequestFactory().get("/", headers={"Authorization": f"Bearer {pair['access']}"})
    return cast("tuple[User, Any]", BearerAuthentication().authenticate(Request(request)))[0].pk


def test_any_refresh_token_of_a_family_revokes_it_and_can_be_sent_again(pair: Pair) -> None:
    newest = refreshed(pair)

    for token in (pair, newest, pair):
        revoke(token)
        assert is_dead(newest)


@pytest.mark.parametrize("name", OF_THE_USER)
def test_event_of_one_user_leaves_other_users_signed_in(
    user: User, other: User, settings: Settings, name: str
) -> None:
    untouched = sign_in(other)

    OF_THE_USER[name](TwoSignIns(user, settings))

    assert accepts_access(untouched)
    assert refresh(untouched)


@pytest.mark.parametrize(
    "change",
    [
        revoke,
        lambda _: SignIn.objects.all().delete(),
        lambda _: User.objects.update(is_active=False),
        lambda _: User.objects.update(email_verified_at=None),
    ],
    ids=["revoked", "deleted", "deactivated", "unverified"],
)
def test_tokens_are_accepted_without_the_cache_until_the_database_says_no(
    pair: Pair, outage: Outage, change: Callable[[Pair], Any]
) -> None:
    with outage():
        assert accepts_access(pair)
        following = refreshed(pair)
        assert accepts_access(following)

        change(following)

        assert is_dead(following)


@pytest.mark.parametrize("lost", [False, True])
@pytest.mark.parametrize("noticed", [False, True])
@pytest.mark.parametrize("during", [False, True])
@pytest.mark.parametrize(
    "end", [revoke, lambda _: User.objects.earliest("date_joined").delete()], ids=["out", "gone"]
)
def test_sign_in_that_ended_before_or_during_an_outage_is_refused_after_it(
    pair: Pair,
    other: User,
    outage: Outage,
    settings: Settings,
    lost: bool,
    noticed: bool,
    during: bool,
    end: Callable[[Pair], Any],
) -> None:
    untouched = sign_in(other)
    with outage() if during else nullcontext():
        end(pair)
    if noticed:
        with outage():
            assert not accepts_access(pair)
    if lost:
        empty_cache(settings)

    assert is_dead(pair)
    assert accepts_access(untouched)


def test_token_issued_without_the_cache_is_accepted_and_can_be_revoked(
    user: User, outage: Outage
) -> None:
    with outage():
        pair = sign_in(user)
        assert accepts_access(pair)
    assert accepts_access(pair)

    revoke(pair)

    assert is_dead(pair)


@pytest.mark.parametrize("mode", ["database", "none"])
def test_other_modes_need_no_cache_and_access_remains_without_revocation(
    user: User, settings: Settings, outage: Outage, mode: str
) -> None:
    settings.JWT_REVOCATION = mode
    with outage():
        pair = sign_in(user)
        assert accepts_access(pair)

        revoke(pair)

        assert accepts_access(pair) is (mode == "none")
        assert refresh(pair) is None


def test_mode_can_change_while_tokens_are_valid(user: User, settings: Settings) -> None:
    for before in ("none", "database", "cache"):
        settings.JWT_REVOCATION = before
        pair, ended = sign_in(user), sign_in(user)
        revoke(ended)
        for after in ("database", "cache"):
            settings.JWT_REVOCATION = after
            assert accepts_access(pair)
            assert not accepts_access(ended)


@pytest.mark.parametrize(("mode", "queries"), [("cache", 0), ("database", 1), ("none", 0)])
def test_request_takes_a_query_only_for_the_database_mode_or_the_users_fields(
    user: User,
    settings: Settings,
    django_assert_num_queries: DjangoAssertNumQueries,
    mode: str,
    queries: int,
) -> None:
    settings.JWT_REVOCATION = mode
    pair = sign_in(user)

    with django_assert_num_queries(queries):
        assert authenticated(pair) == user.pk
    with django_assert_num_queries(1):
        assert client(pair["access"]).get(ME).json()["name"] == "Ada"


def test_new_tokens_take_no_query_after_an_outage(
    user: User, pair: Pair, outage: Outage, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with outage():
        assert accepts_access(pair)

    following = sign_in(user)
    for found, queries in ((following, 0), (pair, 1)):
        with django_assert_num_queries(queries):
            assert authenticated(found) == user.pk


@pytest.mark.parametrize("mode", ["cache", "database"])
def test_life_of_a_sign_in_takes_few_queries(
    api: APIClient,
    user: User,
    settings: Settings,
    django_assert_max_num_queries: DjangoAssertNumQueries,
    mode: str,
) -> None:
    settings.JWT_REVOCATION = mode
    api.post(TOKEN, CREDENTIALS)

    # Two of them are the savepoint that a transaction is within the transaction of a test.
    with django_assert_max_num_queries(8):
        pair: Pair = api.post(TOKEN, CREDENTIALS).json()
    for allowed in (2, 3):  # the second time, it is repeated
        with django_assert_max_num_queries(allowed):
            following = api.post(REFRESH, {"refresh": pair["refresh"]}).json()
    with django_assert_max_num_queries(3):
        assert api.post(REVOKE, {"refresh": following["refresh"]}).status_code == 204
