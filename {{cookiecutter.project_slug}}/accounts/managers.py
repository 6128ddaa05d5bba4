"""How users come into being."""

from typing import TYPE_CHECKING, Any

from django.contrib.auth.base_user import BaseUserManager
from django.utils import timezone

from accounts.fields import canonical_email

if TYPE_CHECKING:
    from accounts.models import User


class UserManager(BaseUserManager["User"]):
    """Creates users by e-mail address."""

    def get_by_natural_key(self, username: str | None) -> "User":
        """Find a user by e-mail address, in whatever spelling it was typed."""
        return self.get(email=canonical_email(username or ""))

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create a user who still has to confirm the address.

        Args:
            email: the address, in any spelling.
            password: None for an account that cannot sign in until a password is set.
            **fields: further fields of the user.
        """
        user = self.model(email=canonical_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create a staff user with all permissions; whoever runs this vouches for the address."""
        fields |= {"is_staff": True, "is_superuser": True, "email_verified_at": timezone.now()}
        return self.create_user(email, password, **fields)
