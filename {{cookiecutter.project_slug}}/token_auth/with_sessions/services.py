"""Token exchange for users who have a session."""

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
    """Start a token sign-in that ends with the session at the latest.

    Args:
        user: the user of the session, as loaded when the session was checked.
        session_id: the sign-in of the session.
        session_key: the key of the session, as the client sent it.
        client: the client that sent the request.

    Raises:
        InvalidToken: the session was revoked, has expired or has another key, or the account has
            changed.
        RateLimitExceededError: the session was exchanged too often.
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
    """Revoke the oldest exchanges of `session`, so that another does not exceed the maximum.

    Without this limit, exchanges would displace other sign-ins of the user.
    """
    live = sign_ins.live(session.user).filter(exchange__session=session).order_by("-created_at")
    sign_ins.revoke(live[settings.MAX_EXCHANGES_PER_SESSION - 1 :], keep=session.pk)
