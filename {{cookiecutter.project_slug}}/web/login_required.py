"""Middleware that requires a sign-in, except for views marked with `login_not_required`."""

from collections.abc import Callable
from http import HTTPStatus

from django.contrib.auth import middleware
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from web.json_errors import error_response


class LoginRequiredMiddleware(middleware.LoginRequiredMiddleware):
    """Middleware that requires a sign-in: pages redirect to the login page, APIs return 401."""

    challenge = 'Cookie realm="api"'

    def handle_no_permission(  # type: ignore[override]  # the stubs know redirects only
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseBase | None:
        # Clients of the API cannot use a login page (RFC 9110 section 15.5.2).
        if not request.path.startswith("/api/"):
            return super().handle_no_permission(request, view_func)
        detail = _("Authentication credentials were not provided.")
        headers = {"WWW-Authenticate": self.challenge}
        return error_response(HTTPStatus.UNAUTHORIZED, "not_authenticated", detail, headers)
