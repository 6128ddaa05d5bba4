"""Checking an e-mail address and a password: the one gate for every kind of client."""

from django.contrib.auth import authenticate as django_authenticate
from django.http import HttpRequest

from accounts.models import User


def authenticate(request: HttpRequest | None, email: str, password: str) -> User | None:
    """Return the user these credentials belong to if that user may sign in, else None.

    The caller learns nothing of why: a wrong password, an unknown, deactivated or unconfirmed
    account all give the same None after the same work (ASVS 6.3.8).
    """
    user = django_authenticate(request, username=email, password=password)
    return user if isinstance(user, User) else None


def confirm(request: HttpRequest | None, user: User, password: str) -> bool:
    """Return whether `password` is that of `user`, who is signed in and shows it once more."""
    return authenticate(request, user.email, password) == user
