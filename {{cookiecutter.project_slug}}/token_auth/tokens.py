"""Access tokens and refresh tokens.

Both carry ids and times: who (`sub`), of which sign-in (`sid`), which token (`jti`), when, by
whom, for whom; an access token also what `token_auth.claims` adds.
"""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID, uuid4

from django.utils import timezone
from rest_framework_simplejwt.exceptions import InvalidToken, TokenError
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.tokens import Token

from accounts.models import SignIn
from token_auth import claims, revocation
from token_auth.signing import TokenSigner


class SignInToken(Token):
    """What both kinds of token have in common."""

    header_type: ClassVar[str]

    def get_token_backend(self) -> TokenSigner:
        """Return what signs and verifies this kind."""
        return TokenSigner(self.header_type)

    def verify(self) -> None:
        """Refuse a signed token whose claims are not what we would have written."""
        message = "Token has claims of the wrong form"
        if type(self["iat"]) is not int or type(self["exp"]) is not int:
            raise TokenError(message)
        try:
            super().verify()
            self.subject, self.sign_in_id = UUID(self["sub"]), UUID(self["sid"])
            UUID(self["jti"])
        except (AttributeError, OverflowError, TypeError, ValueError):
            raise TokenError(message) from None

    @classmethod
    def encode(cls, sign_in: SignIn, token_id: str, expires: datetime, **more: Any) -> str:
        """Return a signed token of this kind.

        Args:
            sign_in: which it belongs to.
            token_id: its `jti`.
            expires: when it ends.
            **more: further claims.
        """
        token = cls()
        token.payload.update(more)
        token["sub"], token["sid"] = str(sign_in.user_id), str(sign_in.pk)
        token["jti"] = token_id
        token["exp"] = int(expires.timestamp())
        return str(token)


class AccessToken(SignInToken):
    """Opens the API for a few minutes (RFC 9068 section 2)."""

    token_type = "access"  # noqa: S105 - a name, not a secret  # nosec B105
    header_type = "at+jwt"
    lifetime = api_settings.ACCESS_TOKEN_LIFETIME

    @property
    def epoch(self) -> str:
        """The revocation epoch in which it was issued."""
        return str(self.get("epoch", ""))


class RefreshToken(SignInToken):
    """Buys the next pair of tokens, once."""

    token_type = "refresh"  # noqa: S105 - a name, not a secret  # nosec B105
    header_type = "rt+jwt"
    lifetime = api_settings.REFRESH_TOKEN_LIFETIME


def verified_refresh(raw: str) -> RefreshToken:
    """Return the refresh token that `raw` writes.

    Raises:
        InvalidToken: it is not one of ours, or has expired.
    """
    try:
        return RefreshToken(raw)  # type: ignore[arg-type]  # the stubs expect a Token here
    except TokenError:
        raise InvalidToken from None


def new_token_id() -> str:
    """Return a `jti` that nobody can guess and that never comes again."""
    return uuid4().hex


def issue_pair(sign_in: SignIn, refresh_id: str) -> dict[str, str | int]:
    """Return the answer of a successful sign-in or refresh (RFC 6749 section 5.1).

    Args:
        sign_in: the row that both tokens belong to.
        refresh_id: the `jti` of the refresh token, whose hash the row holds.
    """
    now = timezone.now()
    expires = min(now + api_settings.ACCESS_TOKEN_LIFETIME, sign_in.ends_at)
    own = claims.extra_claims(sign_in)
    if taken := claims.RESERVED.intersection(own):
        message = f"token_auth.claims.extra_claims() must not set {', '.join(sorted(taken))}."
        raise ValueError(message)
    if found := revocation.epoch():
        own = {**own, "epoch": found}
    return {
        "access": AccessToken.encode(sign_in, new_token_id(), expires, **own),
        "refresh": RefreshToken.encode(sign_in, refresh_id, sign_in.idle_ends_at),
        "token_type": "Bearer",  # nosec B105 - a name, not a secret
        "expires_in": int((expires - now).total_seconds()),
    }
