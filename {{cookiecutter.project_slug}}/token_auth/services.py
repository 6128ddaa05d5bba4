"""Sign-ins whose credential is a refresh token."""

from datetime import timedelta

from django.conf import settings
from rest_framework_simplejwt.exceptions import InvalidToken

from accounts.models import SignIn, User
from accounts.services import rate_limits, sign_ins
from accounts.services.rate_limits import RateLimitKey
from monitoring import security_log
from token_auth import tokens
from token_auth.tokens import RefreshToken, TokenPair
from web.client_info import ClientInfo


def obtain(user: User, client: ClientInfo) -> TokenPair:
    """Begin a sign-in and return its first pair of tokens.

    Args:
        user: who has just shown the password.
        client: from where.

    Raises:
        SignInRefusedError: the user may not sign in, or the account has changed since.
    """
    refresh_id = tokens.new_token_id()
    sign_in = sign_ins.start(user, "token", refresh_id, client=client)
    return tokens.issue_pair(sign_in, refresh_id)


def refresh(presented: RefreshToken) -> TokenPair:
    """Exchange a refresh token for the next pair.

    Within `JWT_REUSE_GRACE` seconds, presenting the same token again returns the same successor.
    Presenting it later, or any older token, ends the sign-in.

    Raises:
        InvalidToken: the sign-in has ended, or belongs to another user.
        RateLimitExceededError: the sign-in was refreshed more often than any client needs.
    """
    rate_limits.consume(RateLimitKey("refreshes", str(presented.sign_in_id)), fail_open=True)
    try:
        sign_in, refresh_id = sign_ins.rotate(
            presented.sign_in_id,
            presented.subject,
            presented=presented["jti"],
            replacements=tokens.successor_ids(presented),
            grace=timedelta(seconds=settings.JWT_REUSE_GRACE),
        )
    except sign_ins.SignInEndedError:
        raise InvalidToken from None
    security_log.record("tokens_refreshed", sign_in.user_id, sign_in_id=str(sign_in.pk))
    return tokens.issue_pair(sign_in, refresh_id)


def revoke(presented: RefreshToken) -> None:
    """End the sign-in of a refresh token; ending it again does nothing.

    Raises:
        InvalidToken: the sign-in belongs to another user.
    """
    found = list(SignIn.objects.filter(pk=presented.sign_in_id))
    if any(sign_in.user_id != presented.subject for sign_in in found):
        raise InvalidToken
    sign_ins.revoke(found)
