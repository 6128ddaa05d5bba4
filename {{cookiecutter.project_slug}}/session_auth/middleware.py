"""Middleware of pages: their methods, sessions, users and rate limits."""

import re
from collections.abc import Callable
from http import HTTPStatus
from math import ceil
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions import middleware
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.utils.functional import SimpleLazyObject

from accounts.models import User
from accounts.services.rate_limits import RateLimitExceededError
from session_auth import sessions

# The form of every key that Django makes.
_KEY = re.compile(r"[a-z0-9]{32}")
_METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")


class SessionMiddleware(middleware.SessionMiddleware):
    """Django's own, which asks no store for what can be none of our keys (ASVS 16.5.3).

    A cookie may hold any character in quotes, and PostgreSQL has no text with a NUL in it.
    """

    def process_request(self, request: HttpRequest) -> None:
        """Leave such a cookie out."""
        if not _KEY.fullmatch(request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")):
            request.COOKIES.pop(settings.SESSION_COOKIE_NAME, None)
        super().process_request(request)


class MethodMiddleware:
    """Answers 405 to methods that no page has, before anything is made of them (ASVS 4.1.4)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Take the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Do nothing before it is known who answers."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], *_: Any
    ) -> HttpResponse | None:
        """Refuse; what does without CSRF tokens looks after its methods itself."""
        if request.method in _METHODS or getattr(view, "csrf_exempt", False):
            return None
        return HttpResponseNotAllowed(_METHODS)


class SignInMiddleware(AuthenticationMiddleware):
    """Django's middleware, with the user of a live sign-in instead of that of any session."""

    def process_request(self, request: HttpRequest) -> None:
        """Set the user, who is looked up when first asked for."""
        super().process_request(request)
        session = request.session
        request.user = SimpleLazyObject(lambda: sessions.user_of(session))  # type: ignore[assignment]  # as Django does

        async def auser() -> User | AnonymousUser:
            # One source: middleware, views and login() may set another `request.user` later.
            await sync_to_async(lambda: request.user.is_authenticated)()
            return request.user

        request.auser = auser

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Drop a session that was revoked while the request was at work, instead of saving it."""
        session = request.session
        if session.modified and session.session_key and not session.exists(session.session_key):
            session.flush()
        return response


class TooManyAttemptsMiddleware:
    """Answers 429 with a page to tries that are too many or not counted (RFC 6585 section 4)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Take the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Do nothing before there is an answer."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Say when to come again."""
        if not isinstance(exception, RateLimitExceededError):
            return None
        minutes = ceil(exception.retry_after / 60)
        context = {"minutes": minutes, "counted": exception.counted}
        response = render(request, "429.html", context, status=HTTPStatus.TOO_MANY_REQUESTS)
        response.headers["Retry-After"] = str(exception.retry_after)
        return response
