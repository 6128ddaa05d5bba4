"""Middleware for requests to the API."""

from collections.abc import Callable
from http import HTTPStatus

from corsheaders import middleware as cors
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import is_valid_path, reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from web.json_errors import error_response

Handler = Callable[[HttpRequest], HttpResponse]

COOKIE_ROUTES = ("token", "token_refresh", "token_revoke", "token_csrf")


def require_https(get_response: Handler) -> Handler:
    """Return middleware that rejects API requests over plain HTTP (ASVS 4.1.2).

    A redirect, as for pages, would hide that the client has sent its credentials unencrypted.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if (
            settings.SECURE_SSL_REDIRECT
            and not request.is_secure()
            and request.path_info.startswith(("/api/", "/.well-known/"))
        ):
            detail = _("HTTPS is required. Use an https:// URL.")
            return error_response(HTTPStatus.FORBIDDEN, "https_required", detail)
        return get_response(request)

    return middleware


class CorsMiddleware(cors.CorsMiddleware):
    """Middleware of django-cors-headers that allows the refresh cookie on its endpoints.

    Scripts of `CORS_ALLOWED_ORIGINS` may send the cookie to these endpoints only.
    """

    def add_response_headers(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        if "HTTP_ORIGIN" not in request.META:
            # As below, but without an object of all headers of the request.
            if self.is_enabled(request):
                patch_vary_headers(response, ["origin"])
            return response
        super().add_response_headers(request, response)
        if (
            settings.JWT_REFRESH_COOKIE
            and response.get("Access-Control-Allow-Origin", "*") != "*"
            and request.path in map(reverse, COOKIE_ROUTES)
        ):
            response["Access-Control-Allow-Credentials"] = "true"
        return response


def require_final_slash(get_response: Handler) -> Handler:
    """Return middleware that rejects API paths without a final slash and names the correct path.

    Django would redirect, and most clients turn a redirected POST request into a GET request.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        path, urlconf = request.path_info, getattr(request, "urlconf", None)
        if (
            path.startswith("/api/")
            and not path.endswith("/")
            and not is_valid_path(path, urlconf)
            and is_valid_path(f"{path}/", urlconf)
        ):
            message = _("Not found. The path must end with a slash: %(path)s")
            detail = message % {"path": f"{request.path}/"}
            return error_response(HTTPStatus.NOT_FOUND, "not_found", detail)
        return get_response(request)

    return middleware
