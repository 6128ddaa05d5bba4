"""Error handlers that return JSON for the API and HTML for pages."""

from django.http import HttpRequest, HttpResponse
from django.views import defaults

from token_auth import errors


def _is_api(request: HttpRequest) -> bool:
    return request.path_info.startswith("/api/")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Return the response to a request that Django could not process."""
    return (
        errors.bad_request(request)
        if _is_api(request)
        else defaults.bad_request(request, exception)
    )


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Return the response to a request without the necessary permission."""
    if _is_api(request):
        return errors.permission_denied(request)
    return defaults.permission_denied(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Return the response to a request for an unknown URL or object."""
    return (
        errors.not_found(request)
        if _is_api(request)
        else defaults.page_not_found(request, exception)
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """Return the response to a request that failed; only the log has the cause."""
    return errors.server_error(request) if _is_api(request) else defaults.server_error(request)
