"""What a call costs: the number of SQL statements, which no clock can blur."""

import pytest
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import User
from tests.conftest import PASSWORD
from tests.token_auth.api import ME, REFRESH, REVOKE, TOKEN, Pair, call_own_view, client, sign_in


@pytest.mark.parametrize(("mode", "queries"), [("cache", 0), ("database", 1), ("none", 0)])
def test_a_signed_in_call(
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


@pytest.mark.parametrize("mode", ["cache", "database", "none"])
def test_touching_the_user_takes_one_query(
    user: User, settings: Settings, django_assert_num_queries: DjangoAssertNumQueries, mode: str
) -> None:
    settings.JWT_REVOCATION = mode
    caller = client(sign_in(user)["access"])

    with django_assert_num_queries(1):
        assert caller.get(ME).json()["name"] == "Ada"


@pytest.mark.parametrize("mode", ["cache", "database"])
def test_the_life_of_a_sign_in(
    user: User,
    settings: Settings,
    django_assert_max_num_queries: DjangoAssertNumQueries,
    mode: str,
) -> None:
    settings.JWT_REVOCATION = mode
    client().post(TOKEN, {"email": user.email, "password": PASSWORD})

    # Two of them are the savepoint that a transaction is within the transaction of a test.
    with django_assert_max_num_queries(8):
        pair: Pair = client().post(TOKEN, {"email": user.email, "password": PASSWORD}).json()
    with django_assert_max_num_queries(2):
        pair = client().post(REFRESH, {"refresh": pair["refresh"]}).json()
    with django_assert_max_num_queries(3):
        assert client().post(REVOKE, {"refresh": pair["refresh"]}).status_code == 204
