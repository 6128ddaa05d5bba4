"""From a session to `request.user`."""

from asgiref.sync import sync_to_async
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject, cached_property

from accounts.models import User
from session_auth import sessions


class SignInMiddleware(AuthenticationMiddleware):
    """Django's own, with the user of a sign-in that goes on in place of that of any session."""

    def process_request(self, request: HttpRequest) -> None:
        """Set the user, who is looked up when first asked for."""
        super().process_request(request)
        looked_up = _LookedUp(request)
        request.user = SimpleLazyObject(lambda: looked_up.user)  # type: ignore[assignment]  # as Django does
        request.auser = sync_to_async(lambda: looked_up.user)

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Drop a session that was ended while the request was at work, instead of saving it."""
        session = request.session
        if session.modified and session.session_key and not session.exists(session.session_key):
            session.flush()
        return response


class _LookedUp:
    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def user(self) -> User | AnonymousUser:
        return sessions.user_of(self.request)
