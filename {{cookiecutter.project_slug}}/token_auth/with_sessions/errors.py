"""JSON for the API, pages for the rest, when no view has seen the request."""

from django.http import HttpRequest, HttpResponse
from django.views import defaults

from token_auth import errors


def _is_api(request: HttpRequest) -> bool:
    return request.path_info.startswith("/api/")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Refuse a request that Django could not make sense of."""
    return (
        errors.bad_request(request)
        if _is_api(request)
        else defaults.bad_request(request, exception)
    )


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Refuse a request that is not allowed."""
    if _is_api(request):
        return errors.permission_denied(request)
    return defaults.permission_denied(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that there is nothing here."""
    return (
        errors.not_found(request)
        if _is_api(request)
        else defaults.page_not_found(request, exception)
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """Say that something broke; what it was is in the log."""
    return errors.server_error(request) if _is_api(request) else defaults.server_error(request)
