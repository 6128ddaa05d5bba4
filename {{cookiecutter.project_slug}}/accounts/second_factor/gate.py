"""The gate that holds sign-ins until the user has entered a code of the second factor."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner

from accounts.models import SECURITY_FIELDS, User
from accounts.second_factor import factors
from accounts.second_factor.errors import SecondFactorError, SecondFactorRequiredError

TICKET_AGE = 5 * 60  # seconds
_STATE = ("password", "last_login", "email_verified_at", *SECURITY_FIELDS)


def hold(user: User, methods: Sequence[str], *, final: bool, **_: Any) -> None:
    """Receive `sign_in_starting`, and hold the sign-in of a user who needs a second factor.

    The second of the two signals covers every way of signing in, so the first one is ignored.

    Raises:
        SecondFactorRequiredError: the user has not entered a code.
    """
    if not final or not factors.METHODS.isdisjoint(methods):
        return
    choice = methods_of(user)
    if choice or is_required(user):
        content = [str(user.pk), state_of(user), *methods]
        ticket = _signer(enroll=not choice).sign_object(content)
        raise SecondFactorRequiredError(ticket, TICKET_AGE, choice)


def methods_of(user: User) -> Sequence[str]:
    """Return the kinds of codes that a user can enter; none without a second factor."""
    kinds = factors.kinds_of(user)
    return (*kinds, "recovery_code") if kinds else ()


def is_required(user: User) -> bool:
    """Return whether the policy `settings.SECOND_FACTOR_REQUIRED` asks for a second factor."""
    is_staff = user.is_staff or user.is_superuser
    return {"nobody": False, "staff": is_staff, "all": True}[settings.SECOND_FACTOR_REQUIRED]


def user_of_ticket(ticket: str, *, enroll: bool) -> User:
    """Return the user of a ticket, which is valid until the user signs in or the account changes.

    Args:
        ticket: the ticket of `SecondFactorRequiredError`.
        enroll: whether it is used to set up a second factor, or to enter a code.

    Raises:
        SecondFactorError: `invalid_ticket`.
    """
    try:
        key, state, *methods = _signer(enroll=enroll).unsign_object(ticket, max_age=TICKET_AGE)
        user = User.objects.get(pk=key)
    except (BadSignature, User.DoesNotExist):
        raise SecondFactorError("invalid_ticket") from None
    if state != state_of(user) or bool(factors.kinds_of(user)) is enroll:
        raise SecondFactorError("invalid_ticket")
    user.authentication_methods = methods
    return user


def _signer(*, enroll: bool) -> TimestampSigner:
    return TimestampSigner(salt=f"accounts.second_factor.{'enroll' if enroll else 'verify'}")


def state_of(user: User) -> str:
    """Return a digest of what changes with a sign-in and with the account."""
    return sha256(repr([getattr(user, name) for name in _STATE]).encode()).hexdigest()
