"""Tokens for somebody who is signed in with a browser."""

from uuid import UUID

from django.db import transaction
from rest_framework_simplejwt.exceptions import InvalidToken

from accounts.models import SignIn
from accounts.services import sign_ins
from token_auth import tokens
from token_auth.tokens import TokenPair
from token_auth.with_sessions.models import Exchange
from web.client_info import ClientInfo


def exchange(session_id: UUID, client: ClientInfo) -> TokenPair:
    """Begin a sign-in by tokens that ends with the session it was born of, and no later.

    Args:
        session_id: the sign-in of the session.
        client: from where.

    Raises:
        InvalidToken: the session has ended meanwhile.
    """
    refresh_id = tokens.new_token_id()
    with transaction.atomic():
        # Whoever ends the session at this moment waits, and then finds the tokens to end as well.
        SignIn.objects.select_for_update().filter(pk=session_id).first()
        session = sign_ins.find_live(session_id)
        if session is None:
            raise InvalidToken
        sign_in = sign_ins.start(session.user, "token", client, refresh_id, within=session)
        Exchange.objects.create(tokens=sign_in, session=session)
    return tokens.issue_pair(sign_in, refresh_id)
