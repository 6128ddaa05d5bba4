"""Middleware that checks requests and sets response headers."""

from collections.abc import Callable
from urllib.parse import urlsplit

from csp.middleware import CSPMiddleware
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware import locale
from django.utils import translation

Handler = Callable[[HttpRequest], HttpResponse]

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
# The policy of responses that are not pages: browsers may load nothing for them.
_EMPTY_POLICY = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"


def set_response_headers(get_response: Handler) -> Handler:
    """Return middleware that sets headers without a setting in Django (ASVS 3.5.8, 14.3.2).

    Error responses get them too.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        headers = response.headers
        headers.setdefault("Cache-Control", "no-store")
        headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        headers.setdefault("Permissions-Policy", _FEATURES)
        # Django sets these two, but not on responses of its own SecurityMiddleware.
        headers.setdefault("Referrer-Policy", "same-origin")
        headers.setdefault("X-Content-Type-Options", "nosniff")
        for cookie in response.cookies.values():
            if cookie["max-age"] == 0:
                # Django deletes cookies without the flag that they were set with.
                cookie["httponly"] = True
        return response

    return middleware


class LocaleMiddleware(locale.LocaleMiddleware):
    """Django's middleware, which also deactivates the language after the request.

    Otherwise, responses of outer middleware would use the language of the previous request.
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        try:
            return super().process_response(request, response)
        finally:
            translation.deactivate()


class ContentSecurityPolicyMiddleware(CSPMiddleware):
    """django-csp's middleware, with a nonce for every page and an empty policy elsewhere."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        if not response.headers.get("Content-Type", "").startswith("text/html"):
            response.headers["Content-Security-Policy"] = _EMPTY_POLICY
            return response
        # Creates the nonce, also for pages whose templates do not use it (ASVS 3.4.3).
        str(request.csp_nonce)  # type: ignore[attr-defined]  # set by process_request
        return super().process_response(request, response)


def require_one_host(get_response: Handler) -> Handler:
    """Return middleware that rejects a request whose request line and Host header differ.

    The request line takes precedence (RFC 9112 section 3.2.2), but Django checks the header.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        named = urlsplit(request.META.get("RAW_URI", "/")).netloc
        if named and named != request.META.get("HTTP_HOST"):
            message = "The request line and the Host header name different hosts."
            raise BadRequest(message)
        return get_response(request)

    return middleware


def reject_nul(get_response: Handler) -> Handler:
    """Return middleware that rejects a NUL in the URL, which PostgreSQL cannot store in text.

    Forms and serializers reject the character in request bodies (ASVS 16.5.3).
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if "%00" in request.META.get("QUERY_STRING", "") or "\0" in request.path:
            message = "The URL contains a NUL character."
            raise BadRequest(message)
        return get_response(request)

    return middleware
