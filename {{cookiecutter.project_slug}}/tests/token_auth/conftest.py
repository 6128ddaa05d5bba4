"""Fixtures that the tests of the API share."""

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from tests.token_auth.api import Pair, client, sign_in


@pytest.fixture
def api() -> APIClient:
    """A client that presents no credential."""
    return client()


@pytest.fixture
def pair(user: User) -> Pair:
    """The tokens of a user who has just signed in."""
    return sign_in(user)


@pytest.fixture
def signed_in(pair: Pair) -> APIClient:
    """A client that presents that user's access token."""
    return client(pair["access"])


@pytest.fixture
def staff(user: User) -> APIClient:
    """That client, after its user was made staff, who may read the documentation."""
    user.is_staff = True
    user.save()
    return client(sign_in(user)["access"])
