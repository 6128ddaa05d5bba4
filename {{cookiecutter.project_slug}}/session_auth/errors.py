"""The page for a form that may not come from us."""

import logging

from django.http import HttpRequest, HttpResponseForbidden
from django.views import csrf

from monitoring import security_log


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponseForbidden:
    """Refuse it as Django does, and record it (ASVS 16.3.3)."""
    security_log.record("csrf_refused", level=logging.WARNING)
    return csrf.csrf_failure(request, reason)
