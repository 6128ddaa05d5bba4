"""Authentication of API requests by session, for endpoints that require one."""

import logging

from rest_framework import authentication
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request

from monitoring import security_log


class SessionAuthentication(authentication.SessionAuthentication):
    """Session authentication that records failed CSRF checks.

    A request without a CSRF token is rejected before its body is parsed.
    """

    def enforce_csrf(self, request: Request) -> None:
        """Check the CSRF token of a request.

        Raises:
            PermissionDenied: the CSRF token is missing or does not belong to the session.
        """
        try:
            super().enforce_csrf(request._request)  # type: ignore[arg-type]  # noqa: SLF001 - DRF has no public name for it
        except PermissionDenied:
            security_log.record("csrf_refused", level=logging.WARNING)
            raise
