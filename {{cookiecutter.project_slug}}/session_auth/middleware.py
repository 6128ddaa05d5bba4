"""Middleware for sessions, allowed methods, the current user and rate limits."""

import re
from collections.abc import Callable
from http import HTTPStatus
from math import ceil
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.contrib.sessions import middleware
from django.contrib.sessions.exceptions import SessionInterrupted
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.utils.functional import SimpleLazyObject

from accounts.models import User
from accounts.services.rate_limits import RateLimitExceededError
from session_auth import sessions

# The format of the session keys that Django generates.
_KEY = re.compile(r"[a-z0-9]{32}")
_LIMITS_OF_PASSWORDS = ("account_and_ip", "ip", "account", "sign_ins")
_METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")


class SessionMiddleware(middleware.SessionMiddleware):
    """Django's middleware, which ignores cookies that cannot be session keys (ASVS 16.5.3).

    A quoted cookie value can contain any character, and a NUL is a database error in PostgreSQL.
    """

    def process_request(self, request: HttpRequest) -> None:
        if not _KEY.fullmatch(request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")):
            request.COOKIES.pop(settings.SESSION_COOKIE_NAME, None)
        super().process_request(request)

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Save the session, unless it was deleted during the request: then delete the cookie."""
        try:
            return super().process_response(request, response)
        except SessionInterrupted as error:
            sessions.raise_failure(error)
            request.session.flush()
            return super().process_response(request, response)


class MethodMiddleware:
    """Middleware that rejects unknown methods with status 405 (ASVS 4.1.4)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], *_: Any
    ) -> HttpResponse | None:
        """Return a 405 response for an unknown method, or None to continue.

        Views that are exempt from CSRF protection check their methods themselves.
        """
        if request.method in _METHODS or getattr(view, "csrf_exempt", False):
            return None
        return HttpResponseNotAllowed(_METHODS)


class SignInMiddleware(AuthenticationMiddleware):
    """Middleware that sets `request.user` to the user of a live sign-in."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        session = request.session
        request.user = SimpleLazyObject(lambda: sessions.user_of(session))  # type: ignore[assignment]  # as Django does

        async def auser() -> User | AnonymousUser:
            # Read `request.user`: middleware, views and login() may replace it later.
            await sync_to_async(lambda: request.user.is_authenticated)()
            return request.user

        request.auser = auser

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Return a redirect to the sign-in page if the user was deleted during the request."""
        if not isinstance(exception, (DatabaseError, User.DoesNotExist)):
            return None
        user = request.user
        if not isinstance(user, User) or User.objects.filter(pk=user.pk).exists():
            return None
        request.session.flush()
        request.user = AnonymousUser()
        return redirect_to_login(request.get_full_path())


class TooManyAttemptsMiddleware:
    """Middleware that renders rate-limit errors as a 429 page (RFC 6585 section 4).

    The page also reports attempts that could not be counted because the cache is unreachable.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Return a page with the minutes to wait, or None for other exceptions."""
        if not isinstance(exception, RateLimitExceededError):
            return None
        minutes = ceil(exception.retry_after / 60)
        context = {
            "minutes": minutes,
            "counted": exception.counted,
            "of_password": exception.counted and exception.limit in _LIMITS_OF_PASSWORDS,
        }
        response = render(request, "429.html", context, status=HTTPStatus.TOO_MANY_REQUESTS)
        response.headers["Retry-After"] = str(exception.retry_after)
        return response
