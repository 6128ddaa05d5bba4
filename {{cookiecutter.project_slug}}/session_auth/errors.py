"""Error handler for failed CSRF checks."""

import logging
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import csrf

from monitoring import security_log
from web.json_errors import error_response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Return Django's CSRF error page, or JSON, and record the failure (ASVS 16.3.3).

    Args:
        request: the rejected request.
        reason: why Django rejected it.
    """
    security_log.record("csrf_refused", level=logging.WARNING)
    if request.path == reverse("session"):
        detail = _("The CSRF token is missing or has changed. Get it again.")
        return error_response(HTTPStatus.FORBIDDEN, "csrf_failed", detail)
    return csrf.csrf_failure(request, reason)
