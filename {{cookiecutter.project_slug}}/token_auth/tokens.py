"""Access tokens and refresh tokens.

Both hold IDs and times: the user (`sub`), the sign-in (`sid`), the token (`jti`), when it was
issued and expires, the issuer and the audience. An access token also has what `token_auth.claims`
adds.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, NoReturn
from uuid import UUID, uuid4

from django.conf import settings
from django.utils import timezone
from rest_framework_simplejwt.exceptions import InvalidToken, TokenError
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.tokens import Token

from accounts.models import SignIn
from token_auth import claims, keys, revocation
from token_auth.signing import TokenSigner

TIME_CLAIMS = ("iat", "exp", "nbf")
# The last second of the year 9999, the latest that `datetime` can hold.
LATEST_TIME = 253_402_300_799
# Every client is part of this project, so all have one ID (RFC 9068 section 2.2).
CLIENT_ID = "first-party"


@dataclass(frozen=True, slots=True)
class TokenPair:
    """An access token and a refresh token of one sign-in.

    `expires_in` is how long the access token is valid, in seconds.
    """

    access: str
    refresh: str
    sign_in_id: UUID
    refresh_expires_at: datetime
    expires_in: int


class SignInToken(Token):
    """A token that belongs to a sign-in."""

    header_type: ClassVar[str]
    # What follows `settings.JWT_AUDIENCE` in the `aud` claim.
    audience_suffix: ClassVar[str] = ""

    def get_token_backend(self) -> TokenSigner:
        """Return the signer of this kind of token."""
        return TokenSigner(self.header_type, f"{settings.JWT_AUDIENCE}{self.audience_suffix}")

    def verify(self) -> None:
        """Check that the claims have the form that this project writes.

        Raises:
            TokenError: a time is not a whole number up to the year 9999, an ID is not a UUID in
                its canonical form, or the token is of another kind.
        """
        times = [self.payload[name] for name in TIME_CLAIMS if name in self.payload]
        if not all(type(time) is int and 0 <= time <= LATEST_TIME for time in times):
            message = "Token has a time of the wrong form"
            raise TokenError(message)
        super().verify()
        self.subject, self.sign_in_id = self._uuid_in("sub"), self._uuid_in("sid")
        self._uuid_in("jti")

    def _uuid_in(self, name: str) -> UUID:
        value = self.payload[name]
        try:
            found = UUID(value)
        except (AttributeError, TypeError, ValueError):
            found = None
        if found is None or str(found) != value:
            message = f"Token has a {name} of the wrong form"
            raise TokenError(message)
        return found

    @classmethod
    def encode(
        cls,
        sign_in: SignIn,
        token_id: str,
        *,
        issued_at: datetime,
        expires_at: datetime,
        **more: Any,
    ) -> str:
        """Return a signed token of this kind.

        Args:
            sign_in: the sign-in that it belongs to.
            token_id: its `jti`.
            issued_at: its `iat`.
            expires_at: its `exp`.
            **more: further claims.
        """
        token = cls()
        token.payload.update(more)
        token["sub"], token["sid"] = str(sign_in.user_id), str(sign_in.pk)
        token["jti"] = token_id
        token["iat"], token["exp"] = int(issued_at.timestamp()), int(expires_at.timestamp())
        return str(token)


class AccessToken(SignInToken):
    """A token that opens the API for a few minutes (RFC 9068 section 2)."""

    token_type = "access"  # noqa: S105 - a name, not a secret  # nosec B105
    header_type = "at+jwt"
    lifetime = api_settings.ACCESS_TOKEN_LIFETIME

    def verify(self) -> None:
        super().verify()
        if self.get("client_id") != CLIENT_ID:
            message = "Token has no client_id, or another"
            raise TokenError(message)

    @property
    def epoch(self) -> str:
        """The revocation epoch in which it was issued."""
        return str(self.get("epoch", ""))


class RefreshToken(SignInToken):
    """A token that is exchanged for the next pair.

    It has its own audience, so that no service takes it for an access token.
    """

    token_type = "refresh"  # noqa: S105 - a name, not a secret  # nosec B105
    header_type = "rt+jwt"
    audience_suffix = "#refresh"
    lifetime = api_settings.REFRESH_TOKEN_LIFETIME


def verified_refresh(raw: str) -> RefreshToken:
    """Return the refresh token that `raw` encodes.

    Raises:
        InvalidToken: it was not issued by this project, or has expired.
    """
    try:
        return RefreshToken(raw)  # type: ignore[arg-type]  # the stubs expect a Token here
    except TokenError:
        raise InvalidToken from None


def new_token_id() -> str:
    """Return a unique, unguessable `jti`."""
    return str(uuid4())


def successor_ids(presented: RefreshToken) -> list[str]:
    """Return the `jti` that the successor of a refresh token has.

    It is derived, so that a client that presents the same token again gets the same successor:
    an HMAC over the sign-in and the presented `jti`. There is one for each signing key, the one
    that signs first: a successor that was issued before the keys were rotated is among them.
    """
    message = f"{presented.sign_in_id}:{presented['jti']}".encode()
    macs = (hmac.digest(key, message, "sha256") for key in keys.derived("refresh token successor"))
    return [str(UUID(bytes=mac[:16], version=4)) for mac in macs]


def issue_pair(sign_in: SignIn, refresh_id: str) -> TokenPair:
    """Return the tokens of a sign-in.

    The refresh token depends on `sign_in` and `refresh_id` alone, and not on the present time.

    Args:
        sign_in: the sign-in that both tokens belong to.
        refresh_id: the `jti` of the refresh token, whose hash `sign_in` holds.
    """
    now = timezone.now()
    expires_at = min(now + api_settings.ACCESS_TOKEN_LIFETIME, sign_in.ends_at)
    more = claims.extra_claims(sign_in)
    if taken := claims.RESERVED.intersection(more):
        message = f"token_auth.claims.extra_claims() must not set {', '.join(sorted(taken))}."
        raise ValueError(message)
    if epoch := revocation.epoch():
        more = {**more, "epoch": epoch}
    return TokenPair(
        access=AccessToken.encode(
            sign_in,
            new_token_id(),
            issued_at=now,
            expires_at=expires_at,
            client_id=CLIENT_ID,
            **more,
        ),
        refresh=RefreshToken.encode(
            sign_in,
            refresh_id,
            issued_at=sign_in.rotated_at or sign_in.created_at,
            expires_at=sign_in.idle_ends_at,
        ),
        sign_in_id=sign_in.pk,
        refresh_expires_at=sign_in.idle_ends_at,
        expires_in=int((expires_at - now).total_seconds()),
    )


def refuse_for_user(*_: object) -> NoReturn:
    """Refuse to create a token without a sign-in, which the API would not accept.

    Raises:
        TypeError: always, with the name of the function to use.
    """
    message = (
        "Token.for_user() creates tokens without a sign-in, which this API does not accept. "
        "Use token_auth.services.obtain(user, client)."
    )
    raise TypeError(message)
