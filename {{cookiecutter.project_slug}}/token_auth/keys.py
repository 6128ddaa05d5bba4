"""Signing keys: encoding, validation, algorithms and generation."""

import base64
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
    load_der_public_key,
)
from django.conf import settings
from jwt.algorithms import get_default_algorithms

HMAC = "HS256"
# The minimum of RFC 7518 sections 3.2 and 3.3.
MINIMUM_BYTES = 32
MINIMUM_RSA_BITS = 2048
_BASE64URL = re.compile(r"[\w-]+={0,2}", re.ASCII)
# The start of a private or public key in DER, which a random secret does not have: a sequence with
# its length, followed by a version and the next tag, or by an algorithm identifier.
_DER = re.compile(
    rb"\x30(?:[\x00-\x7f]|\x81.|\x82..)(?:\x02\x01[\x00\x01][\x02\x04\x30]|\x30.\x06)", re.DOTALL
)


class UnusableKeyError(Exception):
    """Error for a key that is damaged, too weak, or of an unsupported type.

    The message continues a sentence whose subject is the key.
    """


@dataclass(frozen=True, slots=True)
class Key:
    """A key with the only algorithm that it may be used for (RFC 8725 section 3.1)."""

    algorithm: str
    verifying: Any
    signing: Any = None

    def as_jwk(self) -> dict[str, Any] | None:
        """Return the public key as a JSON Web Key (RFC 7517), or None for a shared secret."""
        if self.algorithm == HMAC:
            return None
        algorithm: Any = get_default_algorithms()[self.algorithm]
        jwk: dict[str, Any] = json.loads(algorithm.to_jwk(self.verifying))
        return {name: value for name, value in jwk.items() if name != "key_ops"}


def keyring() -> Mapping[str, Key]:
    """Return the keys of `settings.JWT_SIGNING_KEYS` by their `kid`; the first one signs."""
    return {kid: read(encoded_key) for kid, encoded_key in settings.JWT_SIGNING_KEYS.items()}


@lru_cache(maxsize=32)
def read(encoded_key: str) -> Key:
    """Decode a key.

    Args:
        encoded_key: in base64url, either the bytes of a shared secret for HS256, or a private key
            (PKCS #8) or public key (SubjectPublicKeyInfo) in DER, for RS256, ES256 or EdDSA.

    Raises:
        UnusableKeyError: it is none of these, or too weak.
    """
    unpadded = encoded_key.rstrip("=")
    if not _BASE64URL.fullmatch(encoded_key) or len(unpadded) % 4 == 1:
        raise UnusableKeyError("is not in base64url.")
    raw = base64.urlsafe_b64decode(unpadded + "=" * (-len(unpadded) % 4))
    if _DER.match(raw):
        return _asymmetric(raw)
    if len(raw) < MINIMUM_BYTES:
        raise UnusableKeyError("has fewer than 32 bytes.")
    return Key(HMAC, verifying=raw, signing=raw)


def derived(purpose: str) -> list[bytes]:
    """Derive a secret of 32 bytes from each key that can sign, in the order of the key ring.

    Secrets for different purposes are independent of each other, and the keys cannot be computed
    from them (HKDF, RFC 5869).

    Args:
        purpose: what the secrets are used for.
    """
    signing = (key for key in settings.JWT_SIGNING_KEYS.values() if read(key).signing is not None)
    return [_derive(encoded_key, purpose) for encoded_key in signing]


def generate(algorithm: str) -> str:
    """Return a new key in the encoding that `read` accepts.

    Args:
        algorithm: HS256, RS256, ES256 or EdDSA.
    """
    if algorithm == HMAC:
        return _base64url(secrets.token_bytes(2 * MINIMUM_BYTES))
    generators: dict[str, Any] = {
        "RS256": lambda: rsa.generate_private_key(65537, 3072),
        "ES256": lambda: ec.generate_private_key(ec.SECP256R1()),
        "EdDSA": ed25519.Ed25519PrivateKey.generate,
    }
    private = generators[algorithm]()
    return _base64url(private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))


@lru_cache(maxsize=32)
def _derive(encoded_key: str, purpose: str) -> bytes:
    info = f"token_auth: {purpose}".encode()
    return HKDF(hashes.SHA256(), 32, salt=None, info=info).derive(encoded_key.rstrip("=").encode())


def _asymmetric(raw: bytes) -> Key:
    try:
        private = load_der_private_key(raw, password=None)
        public = private.public_key()
    except (ValueError, TypeError):
        private = None
        try:
            public = load_der_public_key(raw)
        except ValueError:
            raise UnusableKeyError("is damaged.") from None
    return Key(_algorithm_for(public), verifying=public, signing=private)


def _algorithm_for(public: Any) -> str:
    if isinstance(public, rsa.RSAPublicKey):
        if public.key_size < MINIMUM_RSA_BITS:
            raise UnusableKeyError("has fewer than 2048 bits.")
        return "RS256"
    if isinstance(public, ec.EllipticCurvePublicKey) and isinstance(public.curve, ec.SECP256R1):
        return "ES256"
    if isinstance(public, ed25519.Ed25519PublicKey):
        return "EdDSA"
    raise UnusableKeyError("is not a key for HS256, RS256, ES256 or EdDSA.")


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
