"""Many clients with one refresh token at the same moment, on a real database."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connection
from pytest_django import Settings
from rest_framework_simplejwt.exceptions import InvalidToken

from accounts.models import SignIn, User
from tests.token_auth.api import Pair, as_body, sign_in
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
        return as_body(services.refresh(verified_refresh(pair["refresh"])))
    except InvalidToken:
        return None
    finally:
        connection.close()


def _state_after(following: Pair) -> tuple[bool, bool]:
    """Return whether a sign-in is live, and whether the token that was issued is accepted."""
    live = SignIn.objects.filter(revoked_at=None).exists()
    return live, _refresh(following, Barrier(1)) is not None


def _race(pool: ThreadPoolExecutor) -> list[Pair | None]:
    pair, barrier = pool.submit(_start).result(), Barrier(CLIENTS)
    return list(pool.map(_refresh, [pair] * CLIENTS, [barrier] * CLIENTS))


@pytest.mark.usefixtures("shared_database")
def test_refresh_race_without_grace_has_one_winner_and_ends_the_family(settings: Settings) -> None:
    """B02."""
    settings.JWT_REUSE_GRACE = 0
    with ThreadPoolExecutor(CLIENTS) as pool:
        for _ in range(ROUNDS):
            (following,) = (answer for answer in _race(pool) if answer is not None)

            assert pool.submit(_state_after, following).result() == (False, False)


@pytest.mark.usefixtures("shared_database")
def test_refresh_race_within_the_grace_gives_all_the_same_successor(settings: Settings) -> None:
    """B02."""
    settings.JWT_REUSE_GRACE = 30
    with ThreadPoolExecutor(CLIENTS) as pool:
        for _ in range(ROUNDS):
            answers = _race(pool)
            following = answers[0]
            assert following is not None

            assert {answer and answer["refresh"] for answer in answers} == {following["refresh"]}
            assert pool.submit(_state_after, following).result() == (True, True)
