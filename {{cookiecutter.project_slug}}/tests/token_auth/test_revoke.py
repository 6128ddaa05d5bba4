from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from accounts.models import User
from tests.token_auth.api import REVOKE, Pair, accepts_access, is_dead, refresh, sign_in


def test_signing_out_ends_both_tokens(api: APIClient, pair: Pair) -> None:
    assert accepts_access(pair)

    response = api.post(REVOKE, {"refresh": pair["refresh"]})

    assert (response.status_code, response.content) == (204, b"")
    assert is_dead(pair)


def test_signing_out_again_is_the_same(api: APIClient, pair: Pair) -> None:
    answers = [api.post(REVOKE, {"refresh": pair["refresh"]}).status_code for _ in range(3)]

    assert answers == [204, 204, 204]


def test_a_replaced_token_signs_out_as_well(api: APIClient, pair: Pair) -> None:
    following = refresh(pair)
    assert following is not None

    assert api.post(REVOKE, {"refresh": pair["refresh"]}).status_code == 204

    assert is_dead(following)


def test_an_access_token_does_not_sign_out(api: APIClient, pair: Pair) -> None:
    assert api.post(REVOKE, {"refresh": pair["access"]}).status_code == 401

    assert accepts_access(pair)


def test_signing_out_leaves_other_sign_ins_alone(
    api: APIClient, user: User, other: User, pair: Pair
) -> None:
    second, others = sign_in(user), sign_in(other)

    api.post(REVOKE, {"refresh": pair["refresh"]})

    for untouched in (second, others):
        assert accepts_access(untouched)
        assert refresh(untouched)


def test_signing_out_takes_few_queries(
    api: APIClient, pair: Pair, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(3):
        assert api.post(REVOKE, {"refresh": pair["refresh"]}).status_code == 204
