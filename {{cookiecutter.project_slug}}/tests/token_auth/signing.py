"""Signing keys for tests, each made once because RSA takes long."""

import base64
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from token_auth import keys

ALGORITHMS = ["HS256", "RS256", "ES256", "EdDSA"]
ASYMMETRIC = ALGORITHMS[1:]


@cache
def material(algorithm: str) -> str:
    """Return a key for an algorithm, the same one for all tests."""
    return keys.generate(algorithm)


def written(raw: bytes) -> str:
    """Return a key in the form of `JWT_SIGNING_KEYS`."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def private_of(key: Any) -> str:
    """Return a private key in the form of `JWT_SIGNING_KEYS`."""
    return written(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))


def public_of(material: str, encoding: Encoding = Encoding.DER) -> bytes:
    """Return the public half of a key."""
    verifying = keys.read(material).verifying
    found: bytes = verifying.public_bytes(encoding, PublicFormat.SubjectPublicKeyInfo)
    return found
