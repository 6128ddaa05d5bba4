"""What a signing key may be, and the one algorithm that each is good for."""

import json
from collections.abc import Callable

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed448, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from pytest_django import Settings

from accounts.models import User
from tests.attacks.api.forging import encoded, signed
from tests.token_auth.api import Pair, accepts_access, claims, refresh, sign_in
from tests.token_auth.signing import (
    ALGORITHMS,
    ASYMMETRIC,
    material,
    private_of,
    public_of,
    written,
)
from token_auth import keys


def cut(key: str) -> str:
    """Return a key as it is when the end was not copied."""
    return key[:-8]


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_generated_key_signs_with_its_algorithm(
    user: User, settings: Settings, algorithm: str
) -> None:
    settings.JWT_SIGNING_KEYS = {"new": material(algorithm)}

    pair = sign_in(user)

    assert jwt.get_unverified_header(pair["access"])["alg"] == algorithm
    assert accepts_access(pair)
    assert refresh(pair)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_key_of_any_kind_follows_one_of_another(
    pair: Pair, settings: Settings, algorithm: str
) -> None:
    settings.JWT_SIGNING_KEYS = {"new": material(algorithm), **settings.JWT_SIGNING_KEYS}

    assert accepts_access(pair)
    following = refresh(pair)
    assert following is not None
    assert jwt.get_unverified_header(following["access"])["alg"] == algorithm
    assert accepts_access(following)


@pytest.mark.parametrize("algorithm", ASYMMETRIC)
def test_the_public_half_verifies_what_the_private_half_signed(
    user: User, settings: Settings, algorithm: str
) -> None:
    key = material(algorithm)
    settings.JWT_SIGNING_KEYS = {"old": key}
    pair = sign_in(user)

    settings.JWT_SIGNING_KEYS = {
        "new": material("HS256"),
        "old": written(public_of(key)),
    }

    assert accepts_access(pair)


@pytest.mark.parametrize("algorithm", ASYMMETRIC)
def test_what_is_public_is_no_secret_to_sign_with(
    user: User, settings: Settings, algorithm: str
) -> None:
    """RFC 8725 section 2.1."""
    key = material(algorithm)
    settings.JWT_SIGNING_KEYS = {"only": key}
    pair = sign_in(user)
    pem, der = public_of(key, Encoding.PEM), public_of(key)
    jwk = json.dumps(keys.read(key).as_jwk()).encode()

    for secret in (pem, pem.rstrip(), der, jwk, key.encode()):
        forged = signed(
            {"alg": "HS256", "kid": "only", "typ": "at+jwt"}, claims(pair["access"]), secret
        )
        assert not accepts_access({"access": forged})
    assert accepts_access(pair)


@pytest.mark.parametrize("algorithm", ASYMMETRIC)
def test_a_header_does_not_choose_the_algorithm(
    user: User, settings: Settings, algorithm: str
) -> None:
    """RFC 8725 section 3.1."""
    key = material(algorithm)
    settings.JWT_SIGNING_KEYS = {"only": key}
    pair = sign_in(user)
    _, body, signature = pair["access"].split(".")

    for other in {"RS512", "PS256", "ES384", "none", *ALGORITHMS} - {algorithm}:
        header = encoded({"alg": other, "kid": "only", "typ": "at+jwt"})
        assert not accepts_access({"access": f"{header}.{body}.{signature}"})
    assert accepts_access(pair)


@pytest.mark.parametrize(
    ("make", "fault"),
    [
        (lambda: "", "is not in base64url."),
        (lambda: "no base64 at all, with spaces in it, and a comma", "is not in base64url."),
        (lambda: "QUJD" * 10 + "Q", "is not in base64url."),
        (lambda: "QUJD" * 10, "has fewer than 32 bytes."),
        (lambda: cut(private_of(rsa.generate_private_key(65537, 2048))), "is damaged."),
        (lambda: cut(material("ES256")), "is damaged."),
        (lambda: cut(material("EdDSA")), "is damaged."),
        (lambda: cut(written(public_of(material("ES256")))), "is damaged."),
        (lambda: written(public_of(material("EdDSA")) + b"more"), "is damaged."),
        (lambda: private_of(rsa.generate_private_key(65537, 1024)), "has fewer than 2048 bits."),  # noqa: S505 - that is the point
        (lambda: private_of(ec.generate_private_key(ec.SECP384R1())), "is not a key for"),
        (lambda: private_of(ed448.Ed448PrivateKey.generate()), "is not a key for"),
    ],
)
def test_a_key_that_is_no_good_says_why(make: Callable[[], str], fault: str) -> None:
    with pytest.raises(keys.UnusableKeyError, match=fault):
        keys.read(make())


@pytest.mark.parametrize("first", [b"\x30", b"\x30\x82\x00\x10", b"\x30\x20"])
def test_a_secret_may_begin_like_a_certificate(first: bytes) -> None:
    secret = (first + b"s" * 64)[:64]

    assert keys.read(written(secret)) == keys.Key("HS256", verifying=secret, signing=secret)


def test_padding_makes_no_other_key() -> None:
    secret = b"s" * 32

    assert keys.read(written(secret) + "=") == keys.read(written(secret))


def test_generated_keys_differ() -> None:
    assert len({keys.generate(algorithm) for algorithm in ALGORITHMS * 2}) == 8
