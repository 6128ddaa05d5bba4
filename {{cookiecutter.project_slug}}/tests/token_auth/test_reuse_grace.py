"""`JWT_REUSE_GRACE`: presenting a refresh token again returns the same successor."""

import jwt
import pytest
from pytest_django import Settings
from time_machine import TimeMachineFixture

from accounts.models import SignIn, User
from tests.token_auth.api import Pair, accepts_access, claims, is_dead, refresh, refreshed, sign_in
from tests.token_auth.signing import material, public_of, written
from token_auth import keys

GRACE = 10


@pytest.fixture(autouse=True)
def _grace(settings: Settings, clock: TimeMachineFixture) -> None:
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
