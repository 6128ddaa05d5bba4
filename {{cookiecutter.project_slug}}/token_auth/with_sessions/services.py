"""Tokens for users who are signed in with a browser."""

from uuid import UUID

from django.conf import settings
from django.db import transaction
from rest_framework_simplejwt.exceptions import InvalidToken

from accounts.models import SignIn, User
from accounts.services import rate_limits, sign_ins
from accounts.services.rate_limits import RateLimitKey
from token_auth import tokens
from token_auth.tokens import TokenPair
from token_auth.with_sessions.models import Exchange
from web.client_info import ClientInfo


def exchange(user: User, session_id: UUID, session_key: str, *, client: ClientInfo) -> TokenPair:
    """Begin a sign-in by tokens that ends with the session it was exchanged for, and no later.

    Args:
        user: the user of the session, as loaded when the session was checked.
        session_id: the sign-in of the session.
        session_key: the key of the session, as the client presented it.
        client: where the request comes from.

    Raises:
        InvalidToken: the session has ended or has another key, or the account has changed.
        RateLimitExceededError: the session was exchanged more often than any client needs.
    """
    rate_limits.consume(RateLimitKey("exchanges", str(session_id)), fail_open=True)
    session = sign_ins.find_live(session_id)
    if session is None or not sign_ins.holds(session, session_key):
        raise InvalidToken
    refresh_id = tokens.new_token_id()
    try:
        with transaction.atomic():
            sign_in = sign_ins.start(user, "token", refresh_id, client=client, within=session)
            _revoke_surplus(session)
            Exchange.objects.create(tokens=sign_in, session=session)
    except sign_ins.SignInRefusedError:
        raise InvalidToken from None
    return tokens.issue_pair(sign_in, refresh_id)


def _revoke_surplus(session: SignIn) -> None:
    """Make room for one more exchange of `session`, so that it does not end other sign-ins."""
    found = sign_ins.live(session.user).filter(exchange__session=session).order_by("-created_at")
    sign_ins.revoke(found[settings.MAX_EXCHANGES_PER_SESSION - 1 :], keep=session.pk)
