"""Middleware that accepts one credential for each request."""

from collections.abc import Callable
from functools import cache
from http import HTTPStatus
from typing import cast

import structlog
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.models import User
from token_auth.authentication import BearerAuthentication
from web import login_required
from web.json_errors import error_response

log = structlog.get_logger(__name__)
_SCHEMES = {"basic", "digest", "negotiate", "ntlm", "token"}


class OneCredentialMiddleware:
    """Middleware that gives the Authorization header precedence over the session.

    The session is ignored if a request has a bearer token or, in the API, any Authorization
    header. If the token and the session belong to different users, the request is rejected, so
    that no two layers act for different users (RFC 6750 section 2, ASVS 8.3.3).

    Pages ignore other schemes: they are meant for a proxy, such as HTTP Basic on a staging system.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        header = request.META.get("HTTP_AUTHORIZATION")
        if header is not None and not request.path.startswith("/api/"):
            header = _bearer(header)
        if header is not None:
            if request.user.is_authenticated and _has_token_of_another_user(request):
                detail = _(
                    "The session and the access token belong to different users. Send only one "
                    "of them."
                )
                return error_response(
                    HTTPStatus.UNAUTHORIZED,
                    "credential_conflict",
                    detail,
                    {"WWW-Authenticate": 'Bearer realm="api"'},
                )
            request.user = AnonymousUser()
        return self.get_response(request)


class LoginRequiredMiddleware(login_required.LoginRequiredMiddleware):
    """Middleware that accepts bearer tokens for API paths, also outside of DRF views."""

    challenge = 'Bearer realm="api"'

    def handle_no_permission(  # type: ignore[override]  # the stubs expect a redirect
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseBase | None:
        if request.path.startswith("/api/") and _authenticate_token(request) is not None:
            return None
        return super().handle_no_permission(request, view_func)


def _has_token_of_another_user(request: HttpRequest) -> bool:
    user = _authenticate_token(request)
    return user is not None and user.pk != request.user.pk


def _authenticate_token(request: HttpRequest) -> User | None:
    try:
        result = BearerAuthentication().authenticate(Request(request))
    except AuthenticationFailed:
        return None
    return cast("User", result[0]) if result else None


def _bearer(header: str) -> str | None:
    """Return `header` if it may contain a bearer token, even a malformed one, or None."""
    if "bearer" in header.lower():
        return header
    scheme = header.partition(" ")[0].lower()
    log_ignored(scheme if scheme in _SCHEMES else "other")
    return None


@cache
def log_ignored(scheme: str) -> None:
    """Log once in each process that pages ignore an authentication scheme."""
    log.info("authorization_ignored", scheme=scheme, reason="pages use the session")
