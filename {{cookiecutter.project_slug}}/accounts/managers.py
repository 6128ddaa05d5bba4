"""The manager of users, and its query set."""

from typing import TYPE_CHECKING, Any

from django.contrib.auth.base_user import BaseUserManager
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone

from accounts.fields import canonical_email

if TYPE_CHECKING:
    from accounts.models import User


class UserQuerySet(models.QuerySet["User"]):
    """A query set that revokes the sign-ins of users whose security fields it updates."""

    def update(self, **changes: Any) -> int:
        from accounts.models import SECURITY_FIELDS  # noqa: PLC0415 - models import this module
        from accounts.services import sign_ins  # noqa: PLC0415 - services import models

        fields = changes.keys() & {"password", *SECURITY_FIELDS}
        if not fields:
            return super().update(**changes)
        changed = self.exclude(**{name: changes[name] for name in fields})
        with transaction.atomic(using=self.db):
            ids = list(changed.values_list("pk", flat=True))
            count = super().update(**changes)
            sign_ins.revoke_all_of(ids)
        return count


class UserManager(BaseUserManager["User"]):
    """Manager that creates and finds users by email address."""

    def get_queryset(self) -> UserQuerySet:
        return UserQuerySet(self.model, using=self._db)

    def get_by_natural_key(self, username: str | None) -> "User":
        """Return the user with this email address, in any spelling.

        Raises:
            User.DoesNotExist: there is no such user, or `username` is not an email address.
        """
        try:
            return self.get(email=canonical_email(username or ""))
        except ValidationError:
            raise self.model.DoesNotExist from None

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create a user whose email address has to be confirmed.

        Args:
            email: the email address, in any spelling.
            password: None for an account that cannot sign in until a password is set.
            **fields: further fields of the user.

        Raises:
            ValidationError: `email` is not a valid email address.
        """
        user = self.model(email=canonical_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create a staff user with all permissions, whose email address counts as confirmed.

        Raises:
            ValidationError: `email` is not a valid email address.
        """
        fields |= {"is_staff": True, "is_superuser": True, "email_verified_at": timezone.now()}
        return self.create_user(email, password, **fields)
