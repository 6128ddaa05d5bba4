"""The authentication backend."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from accounts.models import User

MAXIMUM_PASSWORD_LENGTH = 4096


class VerifiedEmailBackend(ModelBackend):
    """Django's backend, limited to active users who have confirmed their email address."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> User | None:
        """Return the user with these credentials, or None.

        Every path computes a password hash, so that the response time does not reveal which email
        addresses have an account (ASVS 6.3.8).
        """
        # The hash function would accept megabytes; no real password is that long (ASVS 15.2.2).
        if password is not None:
            password = password[:MAXIMUM_PASSWORD_LENGTH]
        return super().authenticate(request, username=username, password=password, **kwargs)

    def user_can_authenticate(self, user: User | AnonymousUser | None) -> bool:
        """Return whether `user` may sign in; Django also checks this on every request."""
        return isinstance(user, User) and user.may_sign_in
