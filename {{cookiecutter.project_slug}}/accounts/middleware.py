"""What goes round every request: its line in the log and headers on its answer."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django_structlog.middlewares import RequestMiddleware

_POLICY = ", ".join(
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


class RequestLogMiddleware(RequestMiddleware):
    """Logs the route of a request in place of its path, because reset links are paths."""

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        """Return method and route; a path that no route matched is not logged at all."""
        match = request.resolver_match
        return f"{request.method} /{match.route if match else '?'}"


class ResponseHeadersMiddleware:
    """Sets the headers that Django has no setting for (ASVS 3.5.8, 14.3.2)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Take the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Add the headers to whatever the rest of the chain answers."""
        response = self.get_response(request)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Permissions-Policy", _POLICY)
        if "Authorization" in request.headers or request.COOKIES or response.cookies:
            response.headers.setdefault("Cache-Control", "no-store")
        return response
