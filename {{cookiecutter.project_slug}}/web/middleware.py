"""Middleware that checks requests and sets response headers."""

from collections.abc import Callable
from urllib.parse import urlsplit

from csp.middleware import CSPMiddleware
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase

_FEATURES = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "camera",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "payment",
        "usb",
    )
)
# What may be done with an answer that is no page: nothing.
_NOTHING = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"


class ResponseHeadersMiddleware:
    """Sets the headers that Django has no setting for, on errors too (ASVS 3.5.8, 14.3.2)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Take the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Add the headers to whatever the rest of the chain answers."""
        response = self.get_response(request)
        headers = response.headers
        headers.setdefault("Cache-Control", "no-store")
        headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        headers.setdefault("Permissions-Policy", _FEATURES)
        # Django sets these two as well, but not on what its own SecurityMiddleware refuses.
        headers.setdefault("Referrer-Policy", "same-origin")
        headers.setdefault("X-Content-Type-Options", "nosniff")
        for cookie in response.cookies.values():
            if cookie["max-age"] == 0:
                # Django takes a cookie away without this flag that it gave it with.
                cookie["httponly"] = True
        return response


class ContentSecurityPolicyMiddleware(CSPMiddleware):
    """Gives every page a nonce of its own, and whatever is no page the right to nothing."""

    def process_request(self, request: HttpRequest) -> None:
        """Make the nonce, whether or not a template asks for it (ASVS 3.4.3)."""
        super().process_request(request)
        str(request.csp_nonce)  # type: ignore[attr-defined]  # set one line above

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Set the policy of the settings, or the empty one."""
        if not response.headers.get("Content-Type", "").startswith("text/html"):
            response.headers["Content-Security-Policy"] = _NOTHING
        return super().process_response(request, response)


class OneHostMiddleware:
    """Refuses a request that names one host in its first line and another in its Host header.

    The first line would count (RFC 9112 section 3.2.2), and the header is what is checked.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Take the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Refuse, or go on."""
        named = urlsplit(request.META.get("RAW_URI", "/")).netloc
        if named and named != request.META.get("HTTP_HOST"):
            message = "Two hosts are named."
            raise BadRequest(message)
        return self.get_response(request)


class NoNulMiddleware:
    """Refuses a URL with a NUL in it, before it reaches a query: PostgreSQL has no such text.

    Forms and serializers refuse the character themselves (ASVS 16.5.3).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Take the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Refuse, or go on."""
        if "%00" in request.META.get("QUERY_STRING", "") or "\0" in request.path:
            message = "A NUL is in the URL."
            raise BadRequest(message)
        return self.get_response(request)
