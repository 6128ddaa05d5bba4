"""The check that a session's sign-in has not ended."""

from collections.abc import Callable

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

from session_auth import sessions


class SignInMiddleware:
    """Signs out a session whose sign-in was revoked or has run out (ASVS 7.3.1, 7.3.2, 7.4.1)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Take the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Make the user anonymous before any view sees a session that has ended."""
        if request.user.is_authenticated and not sessions.goes_on(request):
            logout(request)
        return self.get_response(request)
