"""Signing keys: valid types, the algorithm of each, and rotation."""

import re
from collections.abc import Callable

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed448, rsa
from django.conf import settings as project_settings
from pytest_django import Settings

from accounts.models import User
from tests.attacks.api.forging import encoded
from tests.token_auth.api import Pair, accepts_access, refreshed, sign_in
from tests.token_auth.signing import (
    ALGORITHMS,
    ASYMMETRIC,
    material,
    private_of,
    public_of,
    written,
)
from token_auth import keys

KID = next(iter(project_settings.JWT_SIGNING_KEYS))
ELSEWHERE = "https://other.testserver"
UUID_FORM = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32}")


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_new_first_key_signs_and_the_old_ones_still_verify(
    pair: Pair, settings: Settings, algorithm: str
) -> None:
    settings.JWT_SIGNING_KEYS = {"new": material(algorithm), **settings.JWT_SIGNING_KEYS}

    assert accepts_access(pair)
    following = refreshed(pair)
    for kind, typ in (("access", "at+jwt"), ("refresh", "rt+jwt")):
        header = jwt.get_unverified_header(following[kind])
        assert header == {"alg": algorithm, "kid": "new", "typ": typ}
    assert accepts_access(following)
    assert accepts_access(refreshed(following))


@pytest.mark.parametrize("algorithm", ASYMMETRIC)
def test_a_public_key_verifies_and_the_header_does_not_choose_the_algorithm(
    user: User, settings: Settings, algorithm: str
) -> None:
    """RFC 8725 section 3.1."""
    settings.JWT_SIGNING_KEYS = {"only": material(algorithm)}
    pair = sign_in(user)
    _, body, signature = pair["access"].split(".")
    for other in {"PS256", "none", *ALGORITHMS} - {algorithm}:
        header = encoded({"alg": other, "kid": "only", "typ": "at+jwt"})
        assert not accepts_access({"access": f"{header}.{body}.{signature}"})

    public = written(public_of(material(algorithm)))
    settings.JWT_SIGNING_KEYS = {"new": material("HS256"), "only": public}

    assert accepts_access(pair)


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (lambda: "", "is not in base64url."),
        (lambda: "no base64 at all, with spaces in it, and a comma", "is not in base64url."),
        (lambda: "QUJD" * 10 + "Q", "is not in base64url."),
        (lambda: "QUJD" * 10, "has fewer than 32 bytes."),
        (lambda: material("RS256")[:-8], "is damaged."),
        (lambda: written(public_of(material("ES256")))[:-8], "is damaged."),
        (lambda: written(public_of(material("EdDSA")) + b"more"), "is damaged."),
        (lambda: private_of(rsa.generate_private_key(65537, 1024)), "has fewer than 2048 bits."),  # noqa: S505 - that is the point
        (lambda: private_of(ec.generate_private_key(ec.SECP384R1())), "is not a key for"),
        (lambda: private_of(ed448.Ed448PrivateKey.generate()), "is not a key for"),
    ],
)
def test_an_unusable_key_is_refused_with_the_reason(make: Callable[[], str], problem: str) -> None:
    with pytest.raises(keys.UnusableKeyError, match=problem):
        keys.read(make())


@pytest.mark.parametrize("first", [b"s", b"\x30", b"\x30\x82\x00\x10", b"\x30\x20"])
def test_a_secret_may_begin_like_a_certificate_and_end_with_padding(first: bytes) -> None:
    secret = (first + b"s" * 64)[:64]

    for text in (written(secret), f"{written(secret)}=="):
        assert keys.read(text) == keys.Key("HS256", verifying=secret, signing=secret)


def test_generated_keys_differ() -> None:
    algorithms = ["HS256", "ES256", "EdDSA"]
    assert len({keys.generate(algorithm) for algorithm in algorithms * 2}) == 6
