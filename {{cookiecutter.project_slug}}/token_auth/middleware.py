"""The API speaks HTTPS alone."""

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse


class HttpsOnlyMiddleware:
    """Refuses a call over plain HTTP where pages would be redirected (ASVS 4.1.2).

    A redirect would hide from the client that it has sent its credentials for all to read.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Take the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Refuse, or go on."""
        if (
            settings.SECURE_SSL_REDIRECT
            and not request.is_secure()
            and request.path.startswith(("/api/", "/.well-known/"))
        ):
            content = {"detail": "This needs HTTPS.", "code": "https_required"}
            return JsonResponse(content, status=HTTPStatus.FORBIDDEN)
        return self.get_response(request)
