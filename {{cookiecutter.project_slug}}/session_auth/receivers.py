"""Django's own sign-in and sign-out, wherever they are called, begin and end a sign-in."""

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest

from accounts.models import User
from session_auth import sessions


@receiver(user_logged_in)
def begin(request: HttpRequest, user: User, **_: Any) -> None:
    """Begin a sign-in."""
    sessions.begin(request, user)


@receiver(user_logged_out)
def end(request: HttpRequest, **_: Any) -> None:
    """End the sign-in of the session that is about to be flushed."""
    sessions.end(request)
