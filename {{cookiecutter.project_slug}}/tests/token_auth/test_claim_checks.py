"""Tokens that are signed with our key, and whose claims belong to another user or client."""

from typing import Any

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import User
from tests.attacks.api.forging import made, unchanged, with_claims
from tests.token_auth.api import ME, REFRESH, REVOKE, Pair, client


def test_a_token_signed_again_without_a_change_is_accepted(api: APIClient, pair: Pair) -> None:
    assert client(made(unchanged, pair["access"])).get(ME).status_code == 200
    assert api.post(REFRESH, {"refresh": made(unchanged, pair["refresh"])}).status_code == 200


@pytest.mark.parametrize("path", [REFRESH, REVOKE])
def test_a_refresh_token_with_the_sub_of_another_user_is_refused(
    api: APIClient, pair: Pair, other: User, path: str
) -> None:
    """A06: the sign-in belongs to one user, and continues."""
    forged = made(with_claims(sub=str(other.pk)), pair["refresh"])

    assert api.post(path, {"refresh": forged}).status_code == 401

    assert api.post(REFRESH, {"refresh": pair["refresh"]}).status_code == 200


@pytest.mark.parametrize("client_id", ["other", "", None])
def test_an_access_token_of_another_client_is_refused(pair: Pair, client_id: Any) -> None:
    """B06, RFC 9068 section 2.2."""
    forged = made(with_claims(client_id=client_id), pair["access"])

    assert client(forged).get(ME).status_code == 401
    assert client(pair["access"]).get(ME).status_code == 200


def test_an_access_token_with_the_sub_of_another_user_is_refused_where_rows_are_asked(
    api: APIClient, pair: Pair, other: User, settings: Settings
) -> None:
    """A06."""
    settings.JWT_REVOCATION = "database"
    forged = made(with_claims(sub=str(other.pk)), pair["access"])

    assert client(forged).get(ME).status_code == 401
    assert client(pair["access"]).get(ME).status_code == 200
