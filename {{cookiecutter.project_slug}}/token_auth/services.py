"""Sign-ins whose credential is a refresh token."""

from datetime import timedelta
from typing import cast
from uuid import UUID

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
    """Start a sign-in and return its first pair of tokens.

    Args:
        user: the user, who has just authenticated.
        client: the client that sent the request.

    Raises:
        SignInRefusedError: the user may not sign in, or the account has changed since the
            password was checked.
    """
    refresh_id = tokens.new_token_id()
    sign_in = sign_ins.start(user, "token", refresh_id, client=client)
    return tokens.issue_pair(sign_in, refresh_id)


def refresh(presented: RefreshToken) -> TokenPair:
    """Exchange a refresh token for the next pair of tokens.

    Within `JWT_REUSE_GRACE` seconds, the same token can be exchanged again and returns the same
    successor. A later exchange, or one of an older token, revokes the sign-in.

    Raises:
        InvalidToken: the sign-in was revoked, has expired, or belongs to another user.
        RateLimitExceededError: the sign-in was refreshed too often.
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


def renew_access(user: User) -> tuple[str, int]:
    """Return a new access token of the sign-in of the request, and its lifetime in seconds.

    Args:
        user: the user of the request, who has just reauthenticated.

    Raises:
        InvalidToken: the sign-in was revoked or has expired.
    """
    sign_in = sign_ins.find_live(cast("UUID", user.current_sign_in_id))
    if sign_in is None:
        raise InvalidToken
    return tokens.issue_access(sign_in)


def revoke(presented: RefreshToken) -> None:
    """Revoke the sign-in of a refresh token. Does nothing if it was revoked before.

    Raises:
        InvalidToken: the sign-in belongs to another user.
    """
    revoked = list(SignIn.objects.filter(pk=presented.sign_in_id))
    if any(sign_in.user_id != presented.subject for sign_in in revoked):
        raise InvalidToken
    sign_ins.revoke(revoked)
