"""From a session to `request.user`."""

from asgiref.sync import sync_to_async
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from accounts.models import User
from session_auth import sessions


class SignInMiddleware(AuthenticationMiddleware):
    """Django's middleware, with the user of a live sign-in instead of that of any session."""

    def process_request(self, request: HttpRequest) -> None:
        """Set the user, who is looked up when first asked for."""
        super().process_request(request)
        session = request.session
        request.user = SimpleLazyObject(lambda: sessions.user_of(session))  # type: ignore[assignment]  # as Django does

        async def auser() -> User | AnonymousUser:
            # One source: middleware, views and login() may set another `request.user` later.
            await sync_to_async(lambda: request.user.is_authenticated)()
            return request.user

        request.auser = auser

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Drop a session that was revoked while the request was at work, instead of saving it."""
        session = request.session
        if session.modified and session.session_key and not session.exists(session.session_key):
            session.flush()
        return response
