"""Modes of revocation: SQL statements, changes of the mode, and every outage of the cache."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any, cast
from uuid import UUID

import pytest
from django.apps import apps
from django.db import connection
from pytest_django import DjangoAssertNumQueries, Settings
from rest_framework.request import Request
from rest_framework.test import APIClient, APIRequestFactory

from accounts.models import User
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
from token_auth import revocation
from token_auth.authentication import BearerAuthentication


def authenticated(pair: Pair) -> UUID:
    """Return the ID of the user whom a view gets, without loading the fields of the user."""
    request = APIRequestFactory().get("/", headers={"Authorization": f"Bearer {pair['access']}"})
    return cast("tuple[User, Any]", BearerAuthentication().authenticate(Request(request)))[0].pk


@pytest.mark.parametrize(("mode", "queries"), [("cache", 0), ("database", 1), ("none", 0)])
def test_request_takes_a_query_only_for_the_database_mode_or_the_fields_of_the_user(
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
    user: User,
    pair: Pair,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(revocation, "cache", UnreachableCache())
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

    # Two of them are the savepoint that a transaction is within the transaction of a test. A
    # second factor takes one more.
    with django_assert_max_num_queries(8 + apps.is_installed("accounts.second_factor")):
        pair: Pair = api.post(TOKEN, CREDENTIALS).json()
    for allowed in (2, 3):  # the second time, it is repeated
        with django_assert_max_num_queries(allowed):
            following = api.post(REFRESH, {"refresh": pair["refresh"]}).json()
    with django_assert_max_num_queries(3):
        assert api.post(REVOKE, {"refresh": following["refresh"]}).status_code == 204


def test_mode_can_change_while_tokens_are_valid(user: User, settings: Settings) -> None:
    for before in ("none", "database", "cache"):
        settings.JWT_REVOCATION = before
        pair, ended = sign_in(user), sign_in(user)
        assert client().post(REVOKE, {"refresh": ended["refresh"]}).status_code == 204
        for after in ("database", "cache"):
            settings.JWT_REVOCATION = after
            assert accepts_access(pair)
            assert not accepts_access(ended)


@contextmanager
def outage() -> Iterator[None]:
    """Return a context in which the cache cannot be reached."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(revocation, "cache", UnreachableCache())
        yield


def revoke(pair: Pair) -> None:
    assert client().post(REVOKE, {"refresh": pair["refresh"]}).status_code == 204


@pytest.mark.parametrize("lost", [False, True])
@pytest.mark.parametrize("noticed", [False, True])
@pytest.mark.parametrize("during", [False, True])
@pytest.mark.parametrize(
    "end", [revoke, lambda _: User.objects.earliest("date_joined").delete()], ids=["out", "gone"]
)
def test_sign_in_that_ended_before_or_during_an_outage_is_refused_after_it(
    pair: Pair,
    other: User,
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
        empty_cache()

    assert is_dead(pair)
    assert accepts_access(untouched)


@pytest.mark.django_db(transaction=True)
def test_atomic_requests_do_not_roll_back_the_revocation_of_a_reused_token(
    user: User, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A03: the row has it too, not only the cache, which forgets it after a few minutes."""
    monkeypatch.setitem(connection.settings_dict, "ATOMIC_REQUESTS", value=True)
    settings.JWT_REUSE_GRACE, settings.JWT_REVOCATION = 0, "database"
    replaced, other = sign_in(user), sign_in(user)
    following = refreshed(replaced)

    assert refresh(replaced) is None

    assert is_dead(following)
    assert accepts_access(other)
    assert refresh(other)
