"""Authentication of API requests by access token, without a database query."""

from typing import cast

from django.utils.translation import gettext as _
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.exceptions import AuthenticationFailed, InvalidToken
from rest_framework_simplejwt.tokens import Token

from accounts.models import User
from token_auth import revocation
from token_auth.tokens import AccessToken


class BearerAuthentication(JWTAuthentication):
    """Authentication with `Authorization: Bearer <access token>` (RFC 6750 section 2.1)."""

    def get_raw_token(self, header: bytes) -> bytes | None:
        """Return the token of the header, or None if the header has another scheme.

        Raises:
            AuthenticationFailed: the header is not a scheme and a token separated by spaces.
        """
        if any(space in header for space in b"\t\n\v\f\r"):
            message = _(
                "The Authorization header is malformed. Send 'Bearer', a space and the token."
            )
            raise AuthenticationFailed(message, code="bad_authorization_header")
        return super().get_raw_token(header)

    def get_user(self, validated_token: Token) -> User:  # type: ignore[override]  # the stubs expect all user types
        """Return the user of a verified token. The fields load on first access.

        Raises:
            InvalidToken: the sign-in was revoked or has expired.
        """
        token = cast("AccessToken", validated_token)
        user = revocation.resolve_user(token.subject, token.sign_in_id, token.epoch)
        if user is None:
            raise InvalidToken
        user.current_sign_in_id = token.sign_in_id
        user.authenticated_at = token.authenticated_at
        return user
