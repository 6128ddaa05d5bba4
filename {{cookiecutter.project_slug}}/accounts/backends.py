"""Who may sign in."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from accounts.models import User

MAXIMUM_PASSWORD_LENGTH = 4096


class VerifiedEmailBackend(ModelBackend):
    """Django's own backend, for active users who have confirmed their address."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> User | None:
        """Return the user these credentials belong to, or None.

        A password hash is computed on every path, so that the time taken does not tell which
        addresses have an account (ASVS 6.3.8).
        """
        # A hash function takes megabytes as well; nobody's password has them (ASVS 15.2.2).
        if password is not None:
            password = password[:MAXIMUM_PASSWORD_LENGTH]
        return super().authenticate(request, username=username, password=password, **kwargs)

    def user_can_authenticate(self, user: User | AnonymousUser | None) -> bool:
        """Refuse deactivated users and unconfirmed addresses, at sign-in and ever after."""
        return isinstance(user, User) and user.may_sign_in
