"""Signing and verification of tokens."""

import base64
import re
import time
from datetime import timedelta
from typing import Any

import jwt
from django.conf import settings
from jwt.algorithms import get_default_algorithms
from rest_framework_simplejwt import settings as simplejwt
from rest_framework_simplejwt.backends import TokenBackend
from rest_framework_simplejwt.exceptions import TokenBackendError, TokenBackendExpiredToken

from token_auth import keys
from web import strict_json

MAXIMUM_TOKEN_BYTES = 8 * 1024
# Three parts in base64url without padding (RFC 7515 section 7.1).
COMPACT_FORM = re.compile(rb"[\w-]+\.[\w-]+\.[\w-]+")
HEADER_NAMES = {"alg", "kid", "typ"}
TEXT_CLAIMS = ("aud", "iss", "jti", "sid", "sub", "typ")
TIME_CLAIMS = ("iat", "exp", "nbf", "auth_time")
# The last second of the year 9999, the maximum of `datetime`.
LATEST_TIME = 253_402_300_799
_ALGORITHMS: dict[str, Any] = get_default_algorithms()


def leeway() -> timedelta:
    """Return how long an expired token is still accepted: `SIMPLE_JWT["LEEWAY"]`."""
    return TokenBackend(keys.HMAC, leeway=simplejwt.api_settings.LEEWAY).get_leeway()


class TokenSigner(TokenBackend):
    """Signer that uses the first of `JWT_SIGNING_KEYS` and verifies with all of them.

    A token names its key by `kid`. The key is looked up only in the key ring, never in a file, at
    a URL or in the header (RFC 8725 section 3.10). Each key has one algorithm, regardless of the
    header (RFC 8725 section 3.1).
    """

    def __init__(self, header_type: str, audience: str) -> None:
        """Create a signer for one kind of token.

        Args:
            header_type: the `typ` header (RFC 8725 section 3.11).
            audience: the `aud` claim (RFC 8725 section 3.9).
        """
        # simplejwt requires an algorithm here; each key has its own.
        super().__init__(
            keys.HMAC,
            audience=audience,
            issuer=settings.JWT_ISSUER,
            leeway=simplejwt.api_settings.LEEWAY,
        )
        self.header_type = header_type

    def encode(self, payload: dict[str, Any]) -> str:
        """Return a signed token with the claims of `payload`, the issuer and the audience."""
        kid, key = next(iter(keys.keyring().items()))
        return jwt.encode(
            payload | {"iss": self.issuer, "aud": self.audience},
            key.signing,
            algorithm=key.algorithm,
            headers={"kid": kid, "typ": self.header_type},
        )

    def decode(self, token: Any, verify: bool = True) -> dict[str, Any]:  # noqa: ARG002, FBT001, FBT002 - simplejwt's signature
        """Verify `token` and return its claims.

        Args:
            token: the encoded token.
            verify: ignored; an unverified token is never read.

        Raises:
            TokenBackendExpiredToken: the token has expired.
            TokenBackendError: this project did not issue it as a token of this kind.
        """
        raw = token.encode() if isinstance(token, str) else token
        if len(raw) > MAXIMUM_TOKEN_BYTES or not COMPACT_FORM.fullmatch(raw):
            message = "Token is too long or malformed"
            raise TokenBackendError(message)
        try:
            claims = self._verified_claims(raw)
            self._check_claims(claims)
        except ValueError as error:
            message = "Token is invalid"
            raise TokenBackendError(message) from error
        if claims["exp"] <= time.time() - self.get_leeway().total_seconds():
            message = "Token is expired"
            raise TokenBackendExpiredToken(message)
        return claims

    def _verified_claims(self, raw: bytes) -> dict[str, Any]:
        """Return the claims of a token with a valid signature.

        Raises:
            ValueError: the token is malformed, or its signature does not match.
        """
        header_part, claims_part, signature_part = raw.split(b".")
        key = self._find_key(_decode_object(header_part))
        signed, signature = raw[: -len(signature_part) - 1], _decode(signature_part)
        if not _ALGORITHMS[key.algorithm].verify(signed, key.verifying, signature):
            message = "The signature does not match."
            raise ValueError(message)
        return _decode_object(claims_part)

    def _check_claims(self, claims: dict[str, Any]) -> None:
        """Check the claims that all kinds of tokens have in common (RFC 7519 section 4.1).

        Raises:
            ValueError: a claim is missing or malformed, or the token is for another service or a
                later time.
        """
        latest = time.time() + self.get_leeway().total_seconds()
        times = [claims[name] for name in TIME_CLAIMS if name in claims]
        if (
            not all(isinstance(claims.get(name), str) for name in TEXT_CLAIMS)
            or not all(type(each) is int and 0 <= each <= LATEST_TIME for each in times)
            or not {"exp", "iat"} <= claims.keys()
            or max(claims["iat"], claims.get("nbf", 0)) > latest
            or (claims["iss"], claims["aud"]) != (self.issuer, self.audience)
        ):
            message = "The claims do not belong to this kind of token."
            raise ValueError(message)

    def _find_key(self, header: dict[str, Any]) -> keys.Key:
        """Return the key that the header of a token names.

        Raises:
            ValueError: no key matches the header.
        """
        keyring = keys.keyring()
        # This project uses no extensions such as `crit`, `jwk` or `jku`: reject headers with one.
        if header.keys() != HEADER_NAMES or header["typ"] != self.header_type:
            message = "The header does not belong to this kind of token."
            raise ValueError(message)
        key = keyring.get(header["kid"]) if isinstance(header["kid"], str) else None
        if key is None or header["alg"] != key.algorithm:
            message = "The header names an unknown key, or not the algorithm of the key."
            raise ValueError(message)
        return key


def _decode_object(part: bytes) -> dict[str, Any]:
    value = strict_json.loads(_decode(part))
    if not isinstance(value, dict):
        message = "Not a JSON object."
        raise ValueError(message)  # noqa: TRY004 - one error for all invalid tokens
    return value


def _decode(part: bytes) -> bytes:
    """Decode a part, and reject non-canonical encodings (RFC 4648 section 3.5)."""
    raw = base64.urlsafe_b64decode(part + b"=" * (-len(part) % 4))
    if base64.urlsafe_b64encode(raw).rstrip(b"=") != part:
        message = "Not canonical base64url."
        raise ValueError(message)
    return raw
