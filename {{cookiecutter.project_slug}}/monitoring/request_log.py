"""Request logging with routes instead of paths, because paths can contain reset links."""

import logging
import re
from http import HTTPStatus
from uuid import uuid4

import structlog
from django.http import HttpRequest, HttpResponse
from django_structlog.middlewares.request import RequestMiddleware, logger

from monitoring import security_log

_ID = re.compile(r"[A-Za-z0-9-]{8,64}")


class RequestLogMiddleware(RequestMiddleware):
    """Middleware that logs each request with its route, when it has ended.

    Every line that is logged during the request contains its ID and the IP address of the client.
    """

    def prepare(self, request: HttpRequest) -> None:
        """Add the request ID of a trusted proxy, or a new one, to every log line.

        The access log of the server reads the ID from the same header. The overridden method would
        also log the beginning of each request.
        """
        given = request.META.get("HTTP_X_REQUEST_ID", "")
        request_id = given if _ID.fullmatch(given) else uuid4().hex
        request.META["HTTP_X_REQUEST_ID"] = request_id
        structlog.contextvars.bind_contextvars(request_id=request_id, user_id=None)

    def handle_response(self, request: HttpRequest, response: HttpResponse) -> None:
        """Log the response, and record requests that were not allowed (ASVS 16.3.2).

        Django logs errors of the request after this method, so the context remains until the next
        request. The overridden method would clear it.
        """
        self.bind_user_id(request)
        response.headers["X-Request-ID"] = request.META["HTTP_X_REQUEST_ID"]
        name = self.format_request(request)
        if response.status_code == HTTPStatus.FORBIDDEN:
            security_log.record("permission_refused", request=name)
        # The line about an exception was logged when it was raised.
        if not hasattr(request, "_raised_exception"):
            logger.log(
                self._log_level_for_status_code(response.status_code),
                "request_finished",
                code=response.status_code,
                request=name,
                user_agent=request.META.get("HTTP_USER_AGENT"),
            )

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        """Return the method and route, with `?` for a path that matches no route."""
        match = request.resolver_match
        return f"{request.method} /{match.route if match else '?'}"


class RoutesForPaths(logging.Filter):
    """Filter that replaces the path of a request with its route in log records of Django."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        path = getattr(request, "path", None)
        if path and isinstance(record.args, tuple):
            match = getattr(request, "resolver_match", None)
            route = f"/{match.route if match else '?'}"
            # Django escapes the path in most of its log records.
            paths = {path, path.encode("unicode_escape").decode("ascii")}
            record.args = tuple(route if arg in paths else arg for arg in record.args)
        return True
