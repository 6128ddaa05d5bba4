"""Error handler for failed CSRF checks."""

import logging

from django.http import HttpRequest, HttpResponseForbidden
from django.views import csrf

from monitoring import security_log


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponseForbidden:
    """Return Django's CSRF error page and record the failure (ASVS 16.3.3).

    Args:
        request: the rejected request.
        reason: why Django rejected it.
    """
    security_log.record("csrf_refused", level=logging.WARNING)
    return csrf.csrf_failure(request, reason)
