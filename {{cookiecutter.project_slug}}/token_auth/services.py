"""Sign-ins whose credential is a refresh token."""

from typing import Any

from django.utils import timezone
from rest_framework_simplejwt.exceptions import InvalidToken, TokenError

from accounts.client import Client
from accounts.models import SignIn, User
from accounts.services import sign_ins
from token_auth import tokens


def obtain(user: User, client: Client) -> dict[str, Any]:
    """Begin a sign-in and return its first pair of tokens.

    Args:
        user: who has just shown the password.
        client: from where.
    """
    refresh_id = tokens.new_token_id()
    sign_in = sign_ins.start(user, "token", client, refresh_id)
    User.objects.filter(pk=user.pk).update(last_login=timezone.now())
    return tokens.pair(sign_in, refresh_id)


def refresh(raw: str) -> dict[str, Any]:
    """Exchange a refresh token for the next pair; a second use of one ends the sign-in.

    Raises:
        InvalidToken: it is not good (any more).
    """
    presented, replacement = _verified(raw), tokens.new_token_id()
    try:
        sign_in = sign_ins.rotate(presented.sign_in_id, presented["jti"], replacement)
    except sign_ins.SignInEndedError:
        raise InvalidToken from None
    return tokens.pair(sign_in, replacement)


def revoke(raw: str) -> None:
    """End the sign-in of a refresh token; ending it again does nothing.

    Raises:
        InvalidToken: it is not one of ours, or has expired.
    """
    sign_ins.revoke(SignIn.objects.filter(pk=_verified(raw).sign_in_id))


def _verified(raw: str) -> tokens.RefreshToken:
    try:
        return tokens.RefreshToken(raw)  # type: ignore[arg-type]  # the stubs expect a Token here
    except TokenError:
        raise InvalidToken from None
