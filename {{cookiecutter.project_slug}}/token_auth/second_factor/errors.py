"""Error responses of the second factor, for exceptions in views."""

from typing import Any

from rest_framework.exceptions import ParseError, PermissionDenied
from rest_framework.response import Response

from accounts.second_factor.errors import SecondFactorError, SecondFactorRequiredError
from accounts.services import authentication
from token_auth import errors
from token_auth.errors import ConflictError, ReauthenticationRequiredError


def handle(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Return the response to an exception of any view, as `token_auth.errors.handle` does.

    The response to a held sign-in has the ticket for the next step. If a session is held that is
    exchanged for tokens, the user must have authenticated recently: with the ticket, an attacker
    at an unattended browser could set up an app.
    """
    if isinstance(exc, SecondFactorError):
        error = ParseError if exc.code.startswith("invalid_") else ConflictError
        return errors.handle(error(exc.message, code=exc.code), context)
    if not isinstance(exc, SecondFactorRequiredError):
        return errors.handle(exc, context)
    user = context["request"].user
    if user.is_authenticated and not authentication.is_recent(user):
        return errors.handle(ReauthenticationRequiredError(), context)
    response = errors.handle(PermissionDenied(exc.message, code=exc.code), context)
    details = {"ticket": exc.ticket, "expires_in": exc.expires_in, "methods": exc.methods}
    response.data |= details  # type: ignore[union-attr]  # the error of DRF has a response
    return response
