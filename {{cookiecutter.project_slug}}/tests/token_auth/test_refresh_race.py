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


def _race(pool: ThreadPoolExecutor) -> list[Pair]:
    pair, barrier = pool.submit(_start).result(), Barrier(CLIENTS)
    answers = pool.map(_refresh, [pair] * CLIENTS, [barrier] * CLIENTS)
    return [answer for answer in answers if answer is not None]


@pytest.mark.usefixtures("shared_database")
@pytest.mark.parametrize(("grace", "winners"), [(0, 1), (30, CLIENTS)])
def test_clients_that_race_get_one_successor_and_without_grace_the_family_ends(
    settings: Settings, grace: int, winners: int
) -> None:
    """B02."""
    settings.JWT_REUSE_GRACE = grace
    with ThreadPoolExecutor(CLIENTS) as pool:
        for _ in range(ROUNDS):
            found = _race(pool)

            assert len(found) == winners
            assert len({pair["refresh"] for pair in found}) == 1
            assert pool.submit(_state_after, found[0]).result() == (bool(grace), bool(grace))
