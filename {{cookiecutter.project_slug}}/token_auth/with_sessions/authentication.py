"""From a session to `request.user` of the API, where a call asks for a session."""

import logging

from rest_framework import authentication
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request

from monitoring import security_log


class SessionAuthentication(authentication.SessionAuthentication):
    """DRF's own, which refuses a request without a CSRF token before its body is looked at."""

    def enforce_csrf(self, request: Request) -> None:
        """Check the request as Django's middleware would.

        Raises:
            PermissionDenied: there is no CSRF token, or it is not that of the session.
        """
        try:
            super().enforce_csrf(request._request)  # type: ignore[arg-type]  # noqa: SLF001 - DRF has no public name for it
        except PermissionDenied:
            security_log.record("csrf_refused", level=logging.WARNING)
            raise
