"""What goes round every request: its line in the log and headers on its answer."""

import re
from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import urlsplit
from uuid import uuid4

import structlog
from csp.middleware import CSPMiddleware
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django_structlog.middlewares import RequestMiddleware

from monitoring import security_log
from web.client_info import get_client_info

_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
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


class RequestLogMiddleware(RequestMiddleware):
    """Logs the route of a request in place of its path, because reset links are paths.

    What is logged while the request is at work names its id and where it came from.
    """

    def prepare(self, request: HttpRequest) -> None:
        """Have every line name the address, and the id that a proxy of ours gave the request.

        The server's own access log reads the id where it is put here.
        """
        structlog.contextvars.clear_contextvars()
        given = request.META.get("HTTP_X_REQUEST_ID", "")
        request.META["HTTP_X_REQUEST_ID"] = given if _ID.fullmatch(given) else uuid4().hex
        ip_address = get_client_info(request).ip_address
        structlog.contextvars.bind_contextvars(ip_address=ip_address, user_id=None)
        super().prepare(request)

    def handle_response(self, request: HttpRequest, response: HttpResponse) -> None:
        """Record whatever was not allowed (ASVS 16.3.2).

        What Django itself logs comes after this, and belongs to the request too: its context stays
        until the next one begins.
        """
        self.bind_user_id(request)
        if response.status_code == HTTPStatus.FORBIDDEN:
            security_log.record("permission_refused", request=self.format_request(request))
        context = structlog.contextvars.get_contextvars()
        super().handle_response(request, response)
        structlog.contextvars.bind_contextvars(**context)

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        """Return method and route; a path that no route matched is not logged at all."""
        match = request.resolver_match
        return f"{request.method} /{match.route if match else '?'}"


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
