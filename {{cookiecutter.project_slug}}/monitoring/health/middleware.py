"""Middleware for health checks by load balancers that do not send the host name."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

from monitoring.health import views


def health_checks(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Return middleware that responds to health checks before Django checks the Host header."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith("/health/"):
            try:
                match = resolve(request.path_info)
            except Resolver404:
                return get_response(request)
            for view in (views.live, views.ready):
                if match.func == view:
                    request.resolver_match = match
                    return view(request)
        return get_response(request)

    return middleware
