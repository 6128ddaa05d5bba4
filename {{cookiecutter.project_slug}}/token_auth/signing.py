"""Signing tokens, and what a token must look like to be read at all."""

import base64
import json
import re
from typing import Any

import jwt
from django.conf import settings
from rest_framework_simplejwt.backends import TokenBackend
from rest_framework_simplejwt.exceptions import TokenBackendError, TokenBackendExpiredToken

from token_auth import keys

MAXIMUM_TOKEN_BYTES = 8 * 1024
# Three parts in the URL-safe alphabet and no padding (RFC 7515 section 7.1).
COMPACT_FORM = re.compile(rb"[\w-]+\.[\w-]+\.[\w-]+")
REQUIRED_CLAIMS = ("aud", "exp", "iat", "iss", "jti", "sid", "sub", "typ")


class TokenSigner(TokenBackend):
    """Signs with the first of `settings.JWT_SIGNING_KEYS` and verifies with the one named.

    A token names its key by `kid`, which is looked up in this fixed map and nowhere else: no
    file, no URL and no key out of the header (RFC 8725 section 3.10). Each key has one algorithm,
    whatever the header says (RFC 8725 section 3.1).
    """

    def __init__(self, header_type: str) -> None:
        """Take the `typ` header of the tokens to sign and to verify (RFC 8725 section 3.11)."""
        # simplejwt asks for an algorithm; which one counts is known with the key.
        super().__init__(keys.HMAC)
        self.header_type = header_type

    def encode(self, payload: dict[str, Any]) -> str:
        """Sign `payload`, adding who issues it and for whom."""
        kid, key = next(iter(keys.keyring().items()))
        return jwt.encode(
            payload | {"iss": settings.JWT_ISSUER, "aud": settings.JWT_AUDIENCE},
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
            TokenBackendExpiredToken: it was good once.
            TokenBackendError: it is not one of ours.
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
                issuer=settings.JWT_ISSUER,
                audience=settings.JWT_AUDIENCE,
                options={"require": list(REQUIRED_CLAIMS), "strict_aud": True},
            )
        except jwt.ExpiredSignatureError as error:
            message = "Token is expired"
            raise TokenBackendExpiredToken(message) from error
        except (jwt.InvalidTokenError, ValueError, RecursionError) as error:
            message = "Token is invalid"
            raise TokenBackendError(message) from error

    def _key_of(self, raw: bytes) -> keys.Key:
        header, _ = (_object_of(part) for part in raw.split(b".")[:2])
        keyring, kid = keys.keyring(), header.get("kid")
        if header.get("typ") != self.header_type or not isinstance(kid, str) or kid not in keyring:
            raise jwt.InvalidTokenError
        return keyring[kid]


def _object_of(part: bytes) -> dict[str, Any]:
    """Return the JSON object in a part of a token: in UTF-8, and with no name twice."""
    text = base64.urlsafe_b64decode(part + b"=" * (-len(part) % 4)).decode("utf-8")
    found = json.loads(text, object_pairs_hook=_without_repeats)
    if not isinstance(found, dict):
        raise jwt.InvalidTokenError
    return found


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise jwt.InvalidTokenError
    return found
