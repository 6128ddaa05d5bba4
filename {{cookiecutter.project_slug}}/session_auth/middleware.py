"""From a cookie to a session, and from a session to `request.user`."""

import re

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions import middleware
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject, cached_property

from accounts.models import User
from session_auth import sessions

# The form of every key that Django makes.
_KEY = re.compile(r"[a-z0-9]{32}")


class SessionMiddleware(middleware.SessionMiddleware):
    """Django's own, which asks no store for what can be none of our keys (ASVS 16.5.3).

    A cookie may hold any character in quotes, and PostgreSQL has no text with a NUL in it.
    """

    def process_request(self, request: HttpRequest) -> None:
        """Leave such a cookie out."""
        if not _KEY.fullmatch(request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")):
            request.COOKIES.pop(settings.SESSION_COOKIE_NAME, None)
        super().process_request(request)


class SignInMiddleware(AuthenticationMiddleware):
    """Django's own, with the user of a sign-in that goes on in place of that of any session."""

    def process_request(self, request: HttpRequest) -> None:
        """Set the user, who is looked up when first asked for."""
        super().process_request(request)
        looked_up = _LookedUp(request)
        request.user = SimpleLazyObject(lambda: looked_up.user)  # type: ignore[assignment]  # as Django does
        request.auser = sync_to_async(lambda: looked_up.user)

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Drop a session that was ended while the request was at work, instead of saving it."""
        session = request.session
        if session.modified and session.session_key and not session.exists(session.session_key):
            session.flush()
        return response


class _LookedUp:
    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def user(self) -> User | AnonymousUser:
        return sessions.user_of(self.request)
