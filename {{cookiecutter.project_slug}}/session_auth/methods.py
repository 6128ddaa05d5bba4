"""The methods that pages have."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

_METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")


class MethodMiddleware:
    """Answers 405 to methods that no page has, before anything is made of them (ASVS 4.1.4)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Take the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Do nothing before it is known who answers."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], *_: Any
    ) -> HttpResponse | None:
        """Refuse; what does without CSRF tokens looks after its methods itself."""
        if request.method in _METHODS or getattr(view, "csrf_exempt", False):
            return None
        return HttpResponseNotAllowed(_METHODS)
