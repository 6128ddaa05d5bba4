"""Sign-ins whose credential is a refresh token."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from rest_framework_simplejwt.exceptions import InvalidToken

from accounts.models import SignIn, User
from accounts.services import rate_limits, sign_ins
from accounts.services.rate_limits import RateLimitKey
from monitoring import security_log
from token_auth import tokens
from token_auth.tokens import RefreshToken
from web.client_info import ClientInfo


def obtain(user: User, client: ClientInfo) -> dict[str, Any]:
    """Begin a sign-in and return its first pair of tokens.

    Args:
        user: who has just shown the password.
        client: from where.

    Raises:
        SignInRefusedError: the user may not sign in, or the account has changed since.
    """
    refresh_id = tokens.new_token_id()
    sign_in = sign_ins.start(user, "token", refresh_id, client=client)
    return tokens.pair(sign_in, refresh_id)


def refresh(presented: RefreshToken) -> dict[str, Any]:
    """Exchange a refresh token for the next pair; a second use of one ends the sign-in.

    Raises:
        InvalidToken: its sign-in is over.
        RateLimitExceededError: it was refreshed more often than any client needs.
    """
    rate_limits.consume(RateLimitKey("refreshes", str(presented.sign_in_id)), fail_open=True)
    replacement = tokens.new_token_id()
    grace = timedelta(seconds=settings.JWT_REUSE_GRACE)
    try:
        sign_in = sign_ins.rotate(presented.sign_in_id, presented["jti"], replacement, grace)
    except sign_ins.SignInEndedError:
        raise InvalidToken from None
    security_log.record("tokens_refreshed", sign_in.user_id, sign_in_id=str(sign_in.pk))
    return tokens.pair(sign_in, replacement)


def revoke(presented: RefreshToken) -> None:
    """End the sign-in of a refresh token; ending it again does nothing."""
    sign_ins.revoke(SignIn.objects.filter(pk=presented.sign_in_id))
