"""What staff do for users."""

from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.services import passwords
from monitoring import security_log


class AddressTakenError(Exception):
    """There is an account with this address."""


def invite(email: str, name: str = "") -> User:
    """Create an account without a password and mail its user a link to set one.

    Args:
        email: the address, in any spelling.
        name: what to call the user; may be empty.

    Raises:
        AddressTakenError: there is such an account.
    """
    try:
        with transaction.atomic():
            user = User.objects.create_user(email, name=name)
    except IntegrityError:
        raise AddressTakenError from None
    passwords.invite(user)
    security_log.record("user_invited", user.pk)
    return user


def deactivate(user: User) -> None:
    """Shut an account: its sign-ins end at once, its links are void, nothing is deleted."""
    user.is_active = False
    user.save(update_fields=["is_active"])
    security_log.record("user_deactivated", user.pk)
