"""Number of SQL statements per request."""

import pytest
from pytest_django import DjangoAssertNumQueries, Settings
from rest_framework.test import APIClient

from accounts.models import User
from tests.token_auth.api import (
    CREDENTIALS,
    ME,
    REFRESH,
    REVOKE,
    TOKEN,
    Pair,
    call_own_view,
    client,
    sign_in,
)


@pytest.mark.parametrize(("mode", "queries"), [("cache", 0), ("database", 1), ("none", 0)])
def test_a_request_takes_a_query_only_for_the_database_mode_or_the_users_fields(
    user: User,
    settings: Settings,
    django_assert_num_queries: DjangoAssertNumQueries,
    mode: str,
    queries: int,
) -> None:
    settings.JWT_REVOCATION = mode
    pair = sign_in(user)

    with django_assert_num_queries(queries):
        assert call_own_view(pair) == user.pk
    with django_assert_num_queries(1):
        assert client(pair["access"]).get(ME).json()["name"] == "Ada"


@pytest.mark.parametrize("mode", ["cache", "database"])
def test_the_life_of_a_sign_in_takes_few_queries(
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
