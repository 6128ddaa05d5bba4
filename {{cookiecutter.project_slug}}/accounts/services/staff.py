"""Operations that staff perform for users."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.fields import canonical_email
from accounts.models import User
from accounts.services import notifications, passwords, verification
from monitoring import security_log


class EmailTakenError(Exception):
    """Error for an email address that another account has."""


def invite(email: str, name: str = "") -> User:
    """Create an account without a password and send its user a link to set one.

    Args:
        email: the email address, in any spelling.
        name: the name of the user; may be empty.

    Returns:
        The new user.

    Raises:
        ValidationError: `email` is not a valid email address, or another unique field is taken.
        EmailTakenError: another account has this email address.
    """
    user = User(email=canonical_email(email), name=name)
    user.set_unusable_password()
    user.validate_other_constraints()
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError:
        if User.objects.filter(email=user.email).exists():
            raise EmailTakenError from None
        raise
    passwords.invite(user)
    security_log.record("user_invited", user.pk)
    return user


def change_email(user: User, new_email: str, *, verified: bool = False) -> None:
    """Change the email address of an account and revoke its sign-ins.

    The previous address is notified (ASVS 6.3.7). The user cannot sign in until a link that is
    sent to the new address confirms it.

    Args:
        user: the user, as stored.
        new_email: the new address, in any spelling.
        verified: whether staff have verified that the address belongs to the user.

    Raises:
        ValidationError: `new_email` is not a valid email address.
        EmailTakenError: another account has this email address.
    """
    previous, user.email = user.email, canonical_email(new_email)
    user.email_verified_at = timezone.now() if verified else None
    try:
        with transaction.atomic():
            user.save(update_fields=["email", "email_verified_at"])
    except IntegrityError:
        raise EmailTakenError from None
    security_log.record("email_changed_by_staff", user.pk, verified=verified)
    masked = verification.mask_email(user.email)
    notifications.notify("email_changed", user, to=previous, new_email=masked)
    if not verified and user.has_usable_password():
        verification.send_link(user)
    elif not verified:
        passwords.invite(user)


def deactivate(user: User) -> None:
    """Deactivate an account: revoke its sign-ins, invalidate its links, and delete nothing."""
    user.is_active = False
    user.save(update_fields=["is_active"])
    security_log.record("user_deactivated", user.pk)
