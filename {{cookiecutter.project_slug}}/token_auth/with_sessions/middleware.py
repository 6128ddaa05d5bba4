"""One credential in each request."""

from collections.abc import Callable
from functools import cache
from typing import cast

import structlog
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.models import User
from token_auth.authentication import BearerAuthentication
from web import login_required

log = structlog.get_logger(__name__)
_SCHEMES = {"basic", "digest", "negotiate", "ntlm", "token"}


class OneCredentialMiddleware:
    """Judges a request with a bearer token, and the API with any Authorization header, by that.

    The session in the same request does not count, and where the header proves another user than
    the session the request is refused: no layer may take it for the one while the next takes it
    for the other (RFC 6750 section 2, ASVS 8.3.3). For pages, other schemes are those of a proxy
    in front, such as HTTP Basic on a staging system, and are ignored.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Take the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Set the session's user aside, or refuse."""
        header = request.META.get("HTTP_AUTHORIZATION")
        if header is not None and not request.path.startswith("/api/"):
            header = _bearer(header)
        if header is not None:
            if request.user.is_authenticated and self._proves_another_user(request):
                content = {
                    "detail": "The session and the access token belong to different users.",
                    "code": "credential_conflict",
                }
                headers = {"WWW-Authenticate": 'Bearer realm="api"'}
                return JsonResponse(content, status=401, headers=headers)
            request.user = AnonymousUser()
        return self.get_response(request)

    @staticmethod
    def _proves_another_user(request: HttpRequest) -> bool:
        found = _user_of_bearer(request)
        return found is not None and found.pk != request.user.pk


class LoginRequiredMiddleware(login_required.LoginRequiredMiddleware):
    """Accepts a bearer token for API paths, whatever framework their views are made with."""

    challenge = 'Bearer realm="api"'

    def handle_no_permission(  # type: ignore[override]  # the stubs know redirects only
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseBase | None:
        """Let a request with a valid token pass to the view, and refuse every other."""
        if request.path.startswith("/api/") and _user_of_bearer(request) is not None:
            return None
        return super().handle_no_permission(request, view_func)


def _user_of_bearer(request: HttpRequest) -> User | None:
    try:
        found = BearerAuthentication().authenticate(Request(request))
    except AuthenticationFailed:
        return None
    return cast("User", found[0]) if found else None


def _bearer(header: str) -> str | None:
    """Return `header` if it may hold a bearer token, however it is spelled."""
    if "bearer" in header.lower():
        return header
    scheme = header.partition(" ")[0].lower()
    log_ignored(scheme if scheme in _SCHEMES else "other")
    return None


@cache
def log_ignored(scheme: str) -> None:
    """Log once in each process that pages ignore an authentication scheme."""
    log.info("authorization_ignored", scheme=scheme, reason="pages use the session")
