"""Many clients with one refresh token at the same moment, on a real database."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connection
from rest_framework_simplejwt.exceptions import InvalidToken

from accounts.models import SignIn, User
from tests.token_auth.api import Pair, sign_in
from token_auth import services
from token_auth.tokens import verified_refresh

ROUNDS = 8
CLIENTS = 8


def _start() -> Pair:
    user = User.objects.create_user(f"{uuid4()}@example.com", None)
    User.objects.update(email_verified_at=user.date_joined)
    pair = sign_in(user)
    connection.close()
    return pair


def _refresh(pair: Pair, barrier: Barrier) -> Pair | None:
    try:
        barrier.wait(timeout=20)
        return services.refresh(verified_refresh(pair["refresh"]))
    except InvalidToken:
        return None
    finally:
        connection.close()


def _end(following: Pair) -> tuple[bool, bool]:
    """Return whether the sign-in is over, and whether the winner's pair is good for more."""
    revoked = SignIn.objects.filter(revoked_at=None).count() == 0
    again = _refresh(following, Barrier(1))
    return revoked, again is not None


@pytest.mark.usefixtures("shared_database")
def test_one_of_many_succeeds_and_the_family_ends() -> None:
    with ThreadPoolExecutor(CLIENTS) as pool:
        for _ in range(ROUNDS):
            pair, barrier = pool.submit(_start).result(), Barrier(CLIENTS)
            answers = pool.map(_refresh, [pair] * CLIENTS, [barrier] * CLIENTS)

            (following,) = (answer for answer in answers if answer is not None)

            assert pool.submit(_end, following).result() == (True, False)
