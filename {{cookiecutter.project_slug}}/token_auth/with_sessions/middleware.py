"""One credential in each request."""

from collections.abc import Callable

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, JsonResponse
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from token_auth.authentication import BearerAuthentication


class OneCredentialMiddleware:
    """Judges a request with an Authorization header by that header alone.

    The session beside it does not count, and where the header proves another user than the
    session the request is refused: no layer may take it for the one while the next takes it for
    the other (RFC 6750 section 2, ASVS 8.3.3).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Take the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Set the session's user aside, or refuse."""
        if "Authorization" in request.headers:
            if request.user.is_authenticated and self._proves_another_user(request):
                content = {
                    "detail": "The session and the access token belong to different users.",
                    "code": "credential_conflict",
                }
                headers = {"WWW-Authenticate": 'Bearer realm="api"'}
                return JsonResponse(content, status=401, headers=headers)
            request.user = AnonymousUser()
        return self.get_response(request)

    @staticmethod
    def _proves_another_user(request: HttpRequest) -> bool:
        try:
            found = BearerAuthentication().authenticate(Request(request))
        except AuthenticationFailed:
            return False
        return found is not None and found[0].pk != request.user.pk
