"""The keys that tokens are signed with, and what a token must look like to be read at all."""

import base64
import re
from typing import Any

import jwt
from django.conf import settings
from rest_framework_simplejwt.backends import TokenBackend
from rest_framework_simplejwt.exceptions import TokenBackendError, TokenBackendExpiredToken
from rest_framework_simplejwt.settings import api_settings

MAXIMUM_TOKEN_BYTES = 8 * 1024
# Three parts in the URL-safe alphabet and no padding (RFC 7515 section 7.1).
COMPACT_FORM = re.compile(rb"[\w-]+\.[\w-]+\.[\w-]+")
REQUIRED_CLAIMS = ("aud", "exp", "iat", "iss", "jti", "sid", "sub", "typ")


class KeyRing(TokenBackend):
    """Signs with the first of `settings.JWT_SIGNING_KEYS` and verifies with the one named.

    A token names its key by `kid`, which is looked up in this fixed map and nowhere else: no
    file, no URL and no key out of the header (RFC 8725 section 3.10). One algorithm is allowed,
    whatever the header says (RFC 8725 section 3.1).
    """

    def __init__(self, header_type: str) -> None:
        """Take the `typ` header of the tokens that this ring signs and verifies (section 3.11)."""
        super().__init__(api_settings.ALGORITHM)
        self.header_type = header_type

    def encode(self, payload: dict[str, Any]) -> str:
        """Sign `payload`, adding who issues it and for whom."""
        kid, key = next(iter(settings.JWT_SIGNING_KEYS.items()))
        return jwt.encode(
            payload | {"iss": settings.JWT_ISSUER, "aud": settings.JWT_AUDIENCE},
            _decoded(key),
            algorithm=self.algorithm,
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
            return jwt.decode(
                raw,
                self._key_of(raw),
                algorithms=[self.algorithm],
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

    def _key_of(self, raw: bytes) -> bytes:
        header = jwt.get_unverified_header(raw)
        kid = header.get("kid")
        if header.get("typ") != self.header_type or kid not in settings.JWT_SIGNING_KEYS:
            raise jwt.InvalidTokenError
        return _decoded(settings.JWT_SIGNING_KEYS[kid])


def _decoded(key: str) -> bytes:
    return base64.urlsafe_b64decode(key + "=" * (-len(key) % 4))
