"""Deletion of an account by its user."""

from django.db import IntegrityError, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import notifications


class AccountNotDeletedError(Exception):
    """Error for an account that cannot be deleted; `code` and `message` name the reason."""

    code: str
    message: Promise


class LastSuperuserError(AccountNotDeletedError):
    """Error for the account of the last superuser who can sign in."""

    code = "last_superuser"
    message = _(
        "This is the last administrator account. Make another user an administrator first."
    )


class AccountInUseError(AccountNotDeletedError):
    """Error for an account that other rows refer to, which must not be deleted."""

    code = "account_in_use"
    message = _("Your account is still in use and cannot be deleted. Contact us for help.")


def delete(user: User) -> None:
    """Delete an account, revoke its sign-ins and notify its user.

    Rows that refer to the account are deleted or kept as their foreign keys define. The last
    superuser who can sign in must first appoint another one, because otherwise no one could manage
    the accounts.

    Args:
        user: the user, who has just reauthenticated.

    Raises:
        LastSuperuserError: no other superuser could sign in.
        AccountInUseError: a foreign key with `PROTECT` or `RESTRICT` refers to the account.
        User.DoesNotExist: the account was deleted in the meantime.
    """
    stored = User.objects.get(pk=user.pk)
    try:
        with transaction.atomic():
            if stored.is_superuser and not _has_other_superuser(stored):
                raise LastSuperuserError
            stored.delete()
    except IntegrityError:
        # The base class of ProtectedError and RestrictedError.
        raise AccountInUseError from None
    notifications.notify("account_deleted", stored)


def _has_other_superuser(user: User) -> bool:
    """Return whether another superuser may sign in; lock all superusers in the transaction."""
    rows = User.objects.select_for_update().filter(is_superuser=True).order_by("pk")
    return any(other.may_sign_in for other in rows if other != user)
