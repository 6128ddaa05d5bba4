"""`JWT_REUSE_GRACE`: presenting a refresh token again returns the same successor."""

import jwt
import pytest
import time_machine
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import SignIn, User
from tests.token_auth.api import (
    REFRESH,
    Pair,
    accepts_access,
    claims,
    client,
    is_dead,
    refresh,
    sign_in,
)
from tests.token_auth.signing import public_of, written
from token_auth import keys

GRACE = 10


@pytest.fixture
def clock(
    settings: Settings, time_machine: time_machine.TimeMachineFixture
) -> time_machine.TimeMachineFixture:
    settings.JWT_REUSE_GRACE = GRACE
    time_machine.move_to(timezone.now().replace(microsecond=0), tick=False)
    return time_machine


def test_refresh_repeated_without_grace_ends_the_family(pair: Pair, settings: Settings) -> None:
    settings.JWT_REUSE_GRACE = 0
    lost = refresh(pair)
    assert lost is not None

    assert refresh(pair) is None

    assert is_dead(lost)


@pytest.mark.parametrize(
    ("seconds", "good"), [(0, True), (GRACE - 1, True), (GRACE, False), (GRACE + 1, False)]
)
def test_refresh_repeated_within_the_grace_returns_the_same_refresh_token(
    clock: time_machine.TimeMachineFixture, pair: Pair, seconds: int, good: bool
) -> None:
    """B01: both responses open the same, and both tabs stay signed in."""
    first = refresh(pair)
    assert first is not None
    clock.shift(seconds)

    again = refresh(pair)

    assert (again is not None and again["refresh"] == first["refresh"]) is good
    assert accepts_access(pair) is good
    assert accepts_access(first) is good
    assert SignIn.objects.filter(revoked_at=None).exists() is good


@pytest.mark.usefixtures("clock")
def test_refresh_repeated_leaves_one_valid_chain(pair: Pair) -> None:
    """B01."""
    first, again = refresh(pair), refresh(pair)
    assert first is not None
    assert again is not None

    following = refresh(first)
    assert following is not None
    repeated = refresh(again)
    assert repeated is not None

    assert repeated["refresh"] == following["refresh"]
    assert all(map(accepts_access, (first, again, following, repeated)))


@pytest.mark.usefixtures("clock")
def test_refresh_with_the_token_before_the_previous_one_ends_the_family(pair: Pair) -> None:
    second = refresh(pair)
    assert second is not None
    third = refresh(second)
    assert third is not None

    assert refresh(pair) is None

    assert is_dead(third)


def test_refresh_repeated_does_not_extend_the_grace(
    clock: time_machine.TimeMachineFixture, pair: Pair
) -> None:
    refresh(pair)
    clock.shift(GRACE - 1)
    again = refresh(pair)
    assert again is not None
    clock.shift(GRACE - 1)

    assert refresh(pair) is None

    assert is_dead(again)


def test_refresh_repeated_within_the_grace_does_not_extend_the_sign_in(
    clock: time_machine.TimeMachineFixture, pair: Pair
) -> None:
    refresh(pair)
    before = SignIn.objects.values().get()
    clock.shift(GRACE - 1)

    assert refresh(pair)

    assert SignIn.objects.values().get() == before


@pytest.mark.usefixtures("clock")
def test_refresh_repeated_after_the_sign_in_was_revoked_is_refused(pair: Pair) -> None:
    refresh(pair)
    SignIn.objects.update(revoked_at=timezone.now())

    assert refresh(pair) is None


@pytest.mark.usefixtures("clock")
def test_refresh_repeated_takes_no_more_queries_than_a_refresh(
    pair: Pair, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    refresh(pair)

    with django_assert_max_num_queries(3):
        assert client().post(REFRESH, {"refresh": pair["refresh"]}).status_code == 200


@pytest.mark.usefixtures("clock")
def test_refresh_repeated_after_secret_key_was_replaced_returns_the_same_token(
    pair: Pair, settings: Settings
) -> None:
    first = refresh(pair)
    assert first is not None
    settings.SECRET_KEY = "another " * 10

    again = refresh(pair)

    assert again is not None
    assert again["refresh"] == first["refresh"]


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize("algorithm", ["HS256", "RS256", "ES256", "EdDSA"])
def test_refresh_repeated_while_signing_keys_rotate_returns_the_same_successor(
    user: User, settings: Settings, algorithm: str
) -> None:
    """The new key signs, and the old one still derives what it derived before."""
    old = {"old": keys.generate(algorithm)}
    settings.JWT_SIGNING_KEYS = old
    pair = sign_in(user)
    first = refresh(pair)
    assert first is not None
    settings.JWT_SIGNING_KEYS = {"new": keys.generate("HS256"), **old}

    again = refresh(pair)

    assert again is not None
    assert claims(again["refresh"]) == claims(first["refresh"])
    assert jwt.get_unverified_header(again["refresh"])["kid"] == "new"
    assert refresh(first)


@pytest.mark.usefixtures("clock")
def test_successors_of_two_sign_ins_and_of_two_keys_differ(user: User, settings: Settings) -> None:
    pairs = [sign_in(user), sign_in(user)]
    found = [refresh(pair) for pair in pairs]
    ids = {claims(pair["refresh"])["jti"] for pair in [*pairs, *found] if pair}

    assert len(ids) == 4
    assert len(set(keys.derived("a") + keys.derived("b"))) == 2 * len(settings.JWT_SIGNING_KEYS)


def test_derived_secrets_come_from_private_keys_only(settings: Settings) -> None:
    """What is derived from a public key is known to all."""
    private = keys.generate("ES256")
    public = written(public_of(keys.generate("ES256")))
    settings.JWT_SIGNING_KEYS = {"new": private, "old": public}

    assert len(keys.derived("a")) == 1
