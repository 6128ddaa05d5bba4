"""A session that ends at the very moment in which it buys tokens."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone
from rest_framework_simplejwt.exceptions import InvalidToken

from accounts.models import SignIn, User
from accounts.services import sign_ins
from token_auth.with_sessions import services
from web.client_info import ClientInfo

ROUNDS = 20
HERE = ClientInfo("192.0.2.1", "a browser")


def _start() -> SignIn:
    user = User.objects.create_user(f"{uuid4()}@example.com", email_verified_at=timezone.now())
    sign_in = sign_ins.start(user, "session", HERE, str(uuid4()))
    connection.close()
    return sign_in


def _exchange(session: SignIn, barrier: Barrier) -> None:
    barrier.wait(timeout=20)
    try:
        services.exchange(session.pk, HERE)
    except InvalidToken:
        pass
    finally:
        connection.close()


def _end(session: SignIn, barrier: Barrier) -> None:
    barrier.wait(timeout=20)
    sign_ins.revoke_all(session.user)
    connection.close()


def _live(session: SignIn) -> int:
    try:
        return sign_ins.live(session.user).count()
    finally:
        connection.close()


@pytest.mark.usefixtures("shared_database")
def test_nothing_is_left_of_either() -> None:
    with ThreadPoolExecutor(2) as pool:
        for _ in range(ROUNDS):
            session, barrier = pool.submit(_start).result(), Barrier(2)
            done = [pool.submit(do, session, barrier) for do in (_exchange, _end)]

            assert [each.result() for each in done] == [None, None]
            assert pool.submit(_live, session).result() == 0
