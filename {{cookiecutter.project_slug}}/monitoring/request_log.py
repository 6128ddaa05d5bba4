"""Log lines of requests: routes in place of paths, because reset links are paths."""

import logging
import re
from http import HTTPStatus
from uuid import uuid4

import structlog
from django.http import HttpRequest, HttpResponse
from django_structlog.middlewares import RequestMiddleware

from monitoring import security_log

_ID = re.compile(r"[A-Za-z0-9-]{8,64}")


class RequestLogMiddleware(RequestMiddleware):
    """Logs the route of a request in place of its path, because reset links are paths.

    What is logged while the request is at work names its id and where it came from.
    """

    def prepare(self, request: HttpRequest) -> None:
        """Have every line name the id that a proxy of ours gave the request.

        The server's own access log reads the id where it is put here.
        """
        given = request.META.get("HTTP_X_REQUEST_ID", "")
        request.META["HTTP_X_REQUEST_ID"] = given if _ID.fullmatch(given) else uuid4().hex
        structlog.contextvars.bind_contextvars(user_id=None)
        super().prepare(request)

    def handle_response(self, request: HttpRequest, response: HttpResponse) -> None:
        """Record whatever was not allowed (ASVS 16.3.2).

        What Django itself logs comes after this, and belongs to the request too: its context stays
        until the next one begins.
        """
        self.bind_user_id(request)
        response.headers["X-Request-ID"] = request.META["HTTP_X_REQUEST_ID"]
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


class RoutesForPaths(logging.Filter):
    """Puts the route of a request where Django logs its path, because reset links are paths."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record, and let it pass in any case."""
        request = getattr(record, "request", None)
        path = getattr(request, "path", None)
        if path and isinstance(record.args, tuple):
            match = getattr(request, "resolver_match", None)
            route = f"/{match.route if match else '?'}"
            record.args = tuple(route if arg == path else arg for arg in record.args)
        return True
