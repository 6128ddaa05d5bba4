"""Access tokens and refresh tokens.

Both contain the IDs of the user (`sub`), the sign-in (`sid`) and the token (`jti`), the times of
issue and expiry (`iat`, `exp`), the issuer (`iss`) and the audience (`aud`). Access tokens also
contain when and how the user authenticated (`auth_time`, `amr`), and the claims that
`token_auth.claims` adds.
"""

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime
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

# All clients belong to this project and share one ID (RFC 9068 section 2.2).
CLIENT_ID = "first-party"


@dataclass(frozen=True, slots=True)
class TokenPair:
    """An access token and a refresh token of one sign-in.

    `expires_in` is the lifetime of the access token, in seconds.
    """

    access: str
    refresh: str
    sign_in_id: UUID
    refresh_expires_at: datetime
    expires_in: int


class SignInToken(Token):
    """A token that belongs to a sign-in."""

    header_type: ClassVar[str]
    _token_backend: TokenSigner | None = None
    # Appended to `settings.JWT_AUDIENCE` in the `aud` claim.
    audience_suffix: ClassVar[str] = ""

    def get_token_backend(self) -> TokenSigner:
        if self._token_backend is None:
            audience = f"{settings.JWT_AUDIENCE}{self.audience_suffix}"
            self._token_backend = TokenSigner(self.header_type, audience)
        return self._token_backend

    def verify(self) -> None:
        """Check that the claims have the format that this project uses.

        Raises:
            TokenError: an ID is not a UUID in its canonical form, or the token is of another kind.
        """
        super().verify()
        self.subject, self.sign_in_id = self._read_uuid("sub"), self._read_uuid("sid")
        self._read_uuid("jti")

    def _read_uuid(self, name: str) -> UUID:
        value = self.payload[name]
        try:
            parsed = UUID(value)
        except (AttributeError, TypeError, ValueError):
            parsed = None
        if parsed is None or str(parsed) != value:
            message = f"Token has a malformed {name}"
            raise TokenError(message)
        return parsed

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
            sign_in: the sign-in that the token belongs to.
            token_id: the `jti` claim.
            issued_at: the `iat` claim.
            expires_at: the `exp` claim.
            **more: additional claims.
        """
        token = cls()
        token.payload.update(more)
        token["sub"], token["sid"] = str(sign_in.user_id), str(sign_in.pk)
        token["jti"] = token_id
        token["iat"], token["exp"] = int(issued_at.timestamp()), int(expires_at.timestamp())
        return str(token)


class AccessToken(SignInToken):
    """A token that authenticates API requests for a few minutes (RFC 9068 section 2)."""

    token_type = "access"  # noqa: S105 - a name, not a secret  # nosec B105
    header_type = "at+jwt"
    lifetime = api_settings.ACCESS_TOKEN_LIFETIME

    def verify(self) -> None:
        super().verify()
        if self.get("client_id") != CLIENT_ID:
            message = "Token has no client_id or an unknown one"
            raise TokenError(message)

    @property
    def epoch(self) -> str:
        """Revocation epoch in which the token was issued; empty if there was none."""
        return str(self.get("epoch", ""))

    @property
    def authenticated_at(self) -> datetime | None:
        """When the user entered the password; None in tokens of an earlier version."""
        seconds = self.get("auth_time")
        return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


class RefreshToken(SignInToken):
    """A token that is exchanged for the next pair of tokens.

    It has a separate audience, so that services do not accept it as an access token.
    """

    token_type = "refresh"  # noqa: S105 - a name, not a secret  # nosec B105
    header_type = "rt+jwt"
    audience_suffix = "#refresh"
    lifetime = api_settings.REFRESH_TOKEN_LIFETIME


def verified_refresh(raw: str) -> RefreshToken:
    """Return the refresh token that `raw` encodes.

    Raises:
        InvalidToken: this project did not issue the token, or it has expired.
    """
    try:
        return RefreshToken(raw)  # type: ignore[arg-type]  # the stubs expect a Token here
    except TokenError:
        raise InvalidToken from None


def new_token_id() -> str:
    """Return a unique, unguessable `jti`."""
    return str(uuid4())


def successor_ids(presented: RefreshToken) -> list[str]:
    """Return the possible `jti` values of the successor of a refresh token.

    Each value is an HMAC of the sign-in and the `jti` of the token, so that a client that repeats
    a refresh receives the same successor. There is one value for each key that can sign, in the
    order of the key ring: a successor that was issued before the keys were rotated is included.
    """
    message = f"{presented.sign_in_id}:{presented['jti']}".encode()
    macs = (hmac.digest(key, message, "sha256") for key in keys.derived("refresh token successor"))
    return [str(UUID(bytes=mac[:16], version=4)) for mac in macs]


def issue_pair(sign_in: SignIn, refresh_id: str) -> TokenPair:
    """Return the tokens of a sign-in.

    The refresh token depends only on `sign_in` and `refresh_id`, not on the current time.

    Args:
        sign_in: the sign-in that both tokens belong to.
        refresh_id: the `jti` of the refresh token, whose hash `sign_in` stores.

    Raises:
        ValueError: `extra_claims()` returned a reserved claim.
    """
    access, expires_in = issue_access(sign_in)
    return TokenPair(
        access=access,
        refresh=RefreshToken.encode(
            sign_in,
            refresh_id,
            issued_at=sign_in.rotated_at or sign_in.created_at,
            expires_at=sign_in.idle_ends_at,
        ),
        sign_in_id=sign_in.pk,
        refresh_expires_at=sign_in.idle_ends_at,
        expires_in=expires_in,
    )


def issue_access(sign_in: SignIn) -> tuple[str, int]:
    """Return an access token of a sign-in, and its lifetime in seconds.

    Raises:
        ValueError: `extra_claims()` returned a reserved claim.
    """
    now = timezone.now()
    expires_at = min(now + api_settings.ACCESS_TOKEN_LIFETIME, sign_in.ends_at)
    more = claims.extra_claims(sign_in)
    if taken := claims.RESERVED.intersection(more):
        message = f"token_auth.claims.extra_claims() must not set {', '.join(sorted(taken))}."
        raise ValueError(message)
    if epoch := revocation.epoch():
        more = {**more, "epoch": epoch}
    if sign_in.methods:
        more = {**more, "amr": sign_in.methods.split()}
    access = AccessToken.encode(
        sign_in,
        new_token_id(),
        issued_at=now,
        expires_at=expires_at,
        client_id=CLIENT_ID,
        auth_time=int(sign_in.authenticated_at.timestamp()),
        **more,
    )
    return access, int((expires_at - now).total_seconds())


def refuse_for_user(*_: object) -> NoReturn:
    """Raise an error instead of creating a token without a sign-in.

    Raises:
        TypeError: always. The message names the function to use instead.
    """
    message = (
        "Token.for_user() creates tokens without a sign-in, which this API does not accept. "
        "Use token_auth.services.obtain(user, client)."
    )
    raise TypeError(message)
