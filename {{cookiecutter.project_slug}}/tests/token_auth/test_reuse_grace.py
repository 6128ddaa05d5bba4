"""`JWT_REUSE_GRACE`: presenting a refresh token again returns the same successor."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import jwt
import pytest
from django.db import connection
from pytest_django import Settings
from rest_framework_simplejwt.exceptions import InvalidToken
from time_machine import TimeMachineFixture

from accounts.models import SignIn, User
from tests.token_auth.api import (
    Pair,
    accepts_access,
    as_body,
    claims,
    is_dead,
    refresh,
    refreshed,
    sign_in,
)
from tests.token_auth.signing import material, public_of, written
from token_auth import keys, services
from token_auth.tokens import verified_refresh

GRACE = 10
ROUNDS = 8
CLIENTS = 8


@pytest.fixture(autouse=True)
def _grace(settings: Settings) -> None:
    settings.JWT_REUSE_GRACE = GRACE


@pytest.mark.parametrize(
    ("grace", "seconds", "accepted"),
    [(0, 0, False), (GRACE, 0, True), (GRACE, GRACE - 1, True), (GRACE, GRACE, False)],
)
def test_a_refresh_repeated_within_the_grace_returns_the_same_refresh_token(
    clock: TimeMachineFixture,
    pair: Pair,
    settings: Settings,
    grace: int,
    seconds: int,
    accepted: bool,
) -> None:
    """B01: both responses open the same, and both tabs stay signed in."""
    settings.JWT_REUSE_GRACE = grace
    first = refreshed(pair)
    before = SignIn.objects.values().get()
    clock.shift(seconds)

    again = refresh(pair)

    assert (again is not None and again["refresh"] == first["refresh"]) is accepted
    assert accepts_access(pair) is accepted
    assert accepts_access(first) is accepted
    # A repeated refresh extends nothing.
    assert (SignIn.objects.values().get() == before) is accepted


def test_a_repeated_refresh_leaves_one_valid_chain(pair: Pair) -> None:
    """B01."""
    first, again = refreshed(pair), refreshed(pair)

    following, repeated = refreshed(first), refreshed(again)

    assert repeated["refresh"] == following["refresh"]
    assert all(map(accepts_access, (first, again, following, repeated)))


def test_a_repeated_refresh_does_not_extend_the_grace(
    clock: TimeMachineFixture, pair: Pair
) -> None:
    refreshed(pair)
    clock.shift(GRACE - 1)
    again = refreshed(pair)
    clock.shift(GRACE - 1)

    assert refresh(pair) is None

    assert is_dead(again)


@pytest.mark.parametrize("algorithm", ["HS256", "ES256"])
def test_a_refresh_repeated_after_keys_were_replaced_returns_the_same_successor(
    user: User, settings: Settings, algorithm: str
) -> None:
    """The new key signs, and the old one still derives what it derived before."""
    old = {"old": material(algorithm)}
    settings.JWT_SIGNING_KEYS = old
    pair = sign_in(user)
    first = refreshed(pair)
    settings.JWT_SIGNING_KEYS = {"new": keys.generate("HS256"), **old}
    settings.SECRET_KEY = "another " * 10

    again = refreshed(pair)

    assert claims(again["refresh"]) == claims(first["refresh"])
    assert jwt.get_unverified_header(again["refresh"])["kid"] == "new"
    assert refresh(first)


def test_successors_of_two_sign_ins_differ(user: User) -> None:
    pairs = [sign_in(user), sign_in(user)]

    found = [*pairs, *map(refreshed, pairs)]

    assert len({claims(pair["refresh"])["jti"] for pair in found}) == 4


def test_secrets_are_derived_from_each_private_key_and_each_purpose(settings: Settings) -> None:
    """All know what is derived from a public key."""
    settings.JWT_SIGNING_KEYS = {
        "new": material("HS256"),
        "old": material("ES256"),
        "public": written(public_of(material("RS256"))),
    }

    assert len(set(keys.derived("a") + keys.derived("b"))) == 4
    assert len(keys.derived("a")) == 2


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
