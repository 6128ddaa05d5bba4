"""From an access token to `request.user`, without a database query."""

from typing import cast

from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.exceptions import AuthenticationFailed, InvalidToken
from rest_framework_simplejwt.tokens import Token

from accounts.models import User
from token_auth import revocation
from token_auth.tokens import AccessToken


class BearerAuthentication(JWTAuthentication):
    """Accepts `Authorization: Bearer <access token>` (RFC 6750 section 2.1) and nothing else."""

    def get_raw_token(self, header: bytes) -> bytes | None:
        """Return the token of the header, in which spaces and nothing else divide the parts.

        Raises:
            AuthenticationFailed: there is more in it than a scheme and a token.
        """
        if any(space in header for space in b"\t\n\v\f\r"):
            message = "The Authorization header is not well-formed."
            raise AuthenticationFailed(message, code="bad_authorization_header")
        return super().get_raw_token(header)

    def get_user(self, validated_token: Token) -> User:  # type: ignore[override]  # the stubs ask for every kind of user at once
        """Return the user of a verified token, whose fields load when they are first touched.

        Raises:
            InvalidToken: the sign-in has ended.
        """
        token = cast("AccessToken", validated_token)
        user = revocation.resolve_user(token.subject, token.sign_in_id, token.epoch)
        if user is None:
            raise InvalidToken
        user.current_sign_in_id = token.sign_in_id
        return user
