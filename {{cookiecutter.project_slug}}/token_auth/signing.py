"""Signing and verifying tokens."""

import base64
import re
from datetime import timedelta
from typing import Any

import jwt
from django.conf import settings
from rest_framework_simplejwt import settings as simplejwt
from rest_framework_simplejwt.backends import TokenBackend
from rest_framework_simplejwt.exceptions import TokenBackendError, TokenBackendExpiredToken

from token_auth import keys, strict_json

MAXIMUM_TOKEN_BYTES = 8 * 1024
# Three parts in the URL-safe alphabet and no padding (RFC 7515 section 7.1).
COMPACT_FORM = re.compile(rb"[\w-]+\.[\w-]+\.[\w-]+")
HEADER_NAMES = {"alg", "kid", "typ"}
REQUIRED_CLAIMS = ("aud", "exp", "iat", "iss", "jti", "sid", "sub", "typ")


def leeway() -> timedelta:
    """Return how long a token is accepted after it has expired: `SIMPLE_JWT["LEEWAY"]`."""
    return TokenBackend(keys.HMAC, leeway=simplejwt.api_settings.LEEWAY).get_leeway()


class TokenSigner(TokenBackend):
    """Signs with the first of `settings.JWT_SIGNING_KEYS` and verifies with the one named.

    A token names its key by `kid`, which is looked up in this fixed map and nowhere else: no
    file, no URL and no key out of the header (RFC 8725 section 3.10). Each key has one algorithm,
    whatever the header says (RFC 8725 section 3.1).
    """

    def __init__(self, header_type: str, audience: str) -> None:
        """Create a signer for one kind of token.

        Args:
            header_type: the `typ` header (RFC 8725 section 3.11).
            audience: the `aud` claim (RFC 8725 section 3.9).
        """
        # simplejwt requires an algorithm here; each key has its own.
        super().__init__(keys.HMAC, audience=audience, issuer=settings.JWT_ISSUER, leeway=leeway())
        self.header_type = header_type

    def encode(self, payload: dict[str, Any]) -> str:
        """Sign `payload`, with its issuer and audience."""
        kid, key = next(iter(keys.keyring().items()))
        return jwt.encode(
            payload | {"iss": self.issuer, "aud": self.audience},
            key.signing,
            algorithm=key.algorithm,
            headers={"kid": kid, "typ": self.header_type},
        )

    def decode(self, token: Any, verify: bool = True) -> dict[str, Any]:  # noqa: ARG002, FBT001, FBT002 - simplejwt's signature; there is no reading without verifying
        """Verify `token` and return its claims.

        Args:
            token: as the client sent it.
            verify: ignored; an unverified token is never read.

        Raises:
            TokenBackendExpiredToken: it has expired.
            TokenBackendError: it was not issued by this project as a token of this kind.
        """
        raw = token.encode() if isinstance(token, str) else token
        if len(raw) > MAXIMUM_TOKEN_BYTES or not COMPACT_FORM.fullmatch(raw):
            message = "Token is too long or has another form"
            raise TokenBackendError(message)
        try:
            key = self._key_of(raw)
            return jwt.decode(
                raw,
                key.verifying,
                algorithms=[key.algorithm],
                issuer=self.issuer,
                audience=self.audience,
                leeway=self.get_leeway(),
                options={"require": list(REQUIRED_CLAIMS), "strict_aud": True},
            )
        except jwt.ExpiredSignatureError as error:
            message = "Token is expired"
            raise TokenBackendExpiredToken(message) from error
        except (jwt.InvalidTokenError, ValueError) as error:
            message = "Token is invalid"
            raise TokenBackendError(message) from error

    def _key_of(self, raw: bytes) -> keys.Key:
        """Return the key that the header names, or raise ValueError."""
        header_part, claims_part, signature_part = raw.split(b".")
        header = _object_in(header_part)
        _object_in(claims_part)
        _decoded(signature_part)
        keyring = keys.keyring()
        # No extension such as `crit`, `jwk` or `jku` is in use: a header with one is refused.
        if header.keys() != HEADER_NAMES or header["typ"] != self.header_type:
            message = "The header is not one of this kind of token."
            raise ValueError(message)
        key = keyring.get(header["kid"]) if isinstance(header["kid"], str) else None
        if key is None or header["alg"] != key.algorithm:
            message = "The header names no key, or another algorithm than that of the key."
            raise ValueError(message)
        return key


def _object_in(part: bytes) -> dict[str, Any]:
    found = strict_json.loads(_decoded(part))
    if not isinstance(found, dict):
        message = "Not a JSON object."
        raise ValueError(message)  # noqa: TRY004 - one error for all invalid tokens
    return found


def _decoded(part: bytes) -> bytes:
    """Return the bytes of a part, of which each has one encoding only (RFC 4648 section 3.5)."""
    found = base64.urlsafe_b64decode(part + b"=" * (-len(part) % 4))
    if base64.urlsafe_b64encode(found).rstrip(b"=") != part:
        message = "Not canonical base64url."
        raise ValueError(message)
    return found
