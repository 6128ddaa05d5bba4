"""Encodings, algorithms, secrets and publication of signing keys, and the leeway of simplejwt."""

from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import jwt
import pytest
from pytest_django import Settings
from rest_framework.test import APIClient
from time_machine import TimeMachineFixture

from accounts.models import User
from tests.attacks.api.forging import encoded
from tests.config.conftest import Load
from tests.config.production import PRODUCTION_ENVIRONMENT
from tests.token_auth.api import Pair, accepts_access, claims, refresh, refreshed, sign_in
from tests.token_auth.signing import ALGORITHMS, ASYMMETRIC, material, public_of, written
from token_auth import keys, revocation

METADATA = "/.well-known/oauth-authorization-server"
JWKS = "/.well-known/jwks.json"
LEEWAY = 20


@pytest.mark.parametrize("first", [b"s", b"\x30", b"\x30\x82\x00\x10", b"\x30\x20"])
def test_secret_may_begin_like_a_certificate_and_end_with_padding(first: bytes) -> None:
    secret = (first + b"s" * 64)[:64]

    for text in (written(secret), f"{written(secret)}=="):
        assert keys.read(text) == keys.Key("HS256", verifying=secret, signing=secret)


@pytest.mark.parametrize("end", [b"", b"more"])
def test_damaged_public_key_is_refused(end: bytes) -> None:
    raw = public_of(material("EdDSA"))
    assert keys.read(written(raw)).signing is None

    with pytest.raises(keys.UnusableKeyError, match=r"is damaged\."):
        keys.read(written(raw + end if end else raw[:-6]))


@pytest.mark.parametrize("algorithm", ASYMMETRIC)
def test_header_does_not_choose_the_algorithm(
    user: User, settings: Settings, algorithm: str
) -> None:
    """RFC 8725 section 3.1."""
    settings.JWT_SIGNING_KEYS = {"only": material(algorithm)}
    pair = sign_in(user)
    _, body, signature = pair["access"].split(".")

    for other in {"PS256", "none", *ALGORITHMS} - {algorithm}:
        header = encoded({"alg": other, "kid": "only", "typ": "at+jwt"})
        assert not accepts_access({"access": f"{header}.{body}.{signature}"})
    assert accepts_access(pair)


def test_secrets_are_derived_from_each_private_key_and_each_purpose(settings: Settings) -> None:
    """All know what is derived from a public key."""
    settings.JWT_SIGNING_KEYS = {
        "new": material("HS256"),
        "old": material("ES256"),
        "public": written(public_of(material("RS256"))),
    }

    assert len(set(keys.derived("a") + keys.derived("b"))) == 4
    assert len(keys.derived("a")) == 2


@pytest.mark.parametrize("algorithm", ["HS256", "ES256"])
def test_refresh_repeated_after_keys_were_replaced_returns_the_same_successor(
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


@pytest.mark.parametrize(
    ("leeway", "late", "accepted"),
    [(LEEWAY, LEEWAY - 1, True), (LEEWAY, LEEWAY, False), (0, -1, True), (0, 0, False)],
)
def test_access_token_expires_after_the_leeway(
    settings: Settings,
    clock: TimeMachineFixture,
    pair: Pair,
    leeway: int,
    late: int,
    accepted: bool,
) -> None:
    """B08."""
    settings.SIMPLE_JWT = {**settings.SIMPLE_JWT, "LEEWAY": timedelta(seconds=leeway)}

    clock.shift(pair["expires_in"] + late)

    assert accepts_access(pair) is accepted


def test_leeway_keeps_revocation_entries_for_longer(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B08: a revoked token is not accepted again by the leeway."""
    timeouts: list[int] = []
    recorder = SimpleNamespace(set_many=lambda _, timeout: timeouts.append(timeout))
    monkeypatch.setattr(revocation, "cache", recorder)
    for seconds in (0, 600):
        settings.SIMPLE_JWT = {**settings.SIMPLE_JWT, "LEEWAY": seconds}
        revocation.revoke([uuid4()])

    assert timeouts[1] == timeouts[0] + 600


@pytest.mark.parametrize("algorithm", ASYMMETRIC)
def test_published_key_verifies_access_tokens_and_the_audience_excludes_refresh_tokens(
    user: User, api: APIClient, settings: Settings, algorithm: str
) -> None:
    """B05, B06, RFC 9068 section 2.2: for libraries that ignore `typ`."""
    settings.JWT_SIGNING_KEYS = {"first": material(algorithm)}
    pair, key = sign_in(user), jwt.PyJWKSet.from_dict(api.get(JWKS).json())["first"]
    issuer = api.get(METADATA).json()["issuer"]
    expected = {"algorithms": [algorithm], "issuer": issuer, "audience": issuer}

    found = jwt.decode(pair["access"], key, **expected)

    assert {"iss", "exp", "aud", "client_id", "iat", "jti"} <= set(found)
    assert found == claims(pair["access"])
    with pytest.raises(jwt.InvalidAudienceError):
        jwt.decode(pair["refresh"], key, **expected)


def test_development_cookie_is_that_of_the_checkout(load: Load) -> None:
    """E11: services on one machine share a cookie jar on all ports."""
    name = load("development", {}).JWT_REFRESH_COOKIE_NAME
    assert name.startswith("__Secure-")
    assert name != load("production", PRODUCTION_ENVIRONMENT).JWT_REFRESH_COOKIE_NAME
