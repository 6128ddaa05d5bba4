"""Error responses of the API, for exceptions in views and outside of them."""

from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.exceptions import (
    APIException,
    AuthenticationFailed,
    ErrorDetail,
    Throttled,
)
from rest_framework.response import Response
from rest_framework.views import exception_handler
from rest_framework_simplejwt.exceptions import InvalidToken

from accounts.models import User
from accounts.services.rate_limits import RateLimitExceededError
from monitoring import security_log
from web.json_errors import error_response

TOO_MANY = _("Too many attempts.")
NOT_COUNTED = _("This service is temporarily unavailable.")


class ThrottledError(Throttled):
    """Error of an endpoint that rejects requests until `wait` seconds have passed."""

    extra_detail_singular = _("Try again in {wait} second.")  # type: ignore[assignment]  # a lazy text
    extra_detail_plural = _("Try again in {wait} seconds.")  # type: ignore[assignment]  # a lazy text


class BodyTooLargeError(APIException):
    """Error for a body that is larger than `DATA_UPLOAD_MAX_MEMORY_SIZE`."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = _("The request body is too large. Send less data.")
    default_code = "too_large"


class ConflictError(APIException):
    """Error of a request that the current data does not allow."""

    status_code = status.HTTP_409_CONFLICT


class ReauthenticationRequiredError(AuthenticationFailed):
    """Error of an endpoint that requires a recent authentication (RFC 9470 section 3)."""

    default_detail = _("Enter your password again to do this.")
    default_code = "reauthentication_required"

    @property
    def challenge(self) -> str:
        """The WWW-Authenticate header of the response."""
        error = "insufficient_user_authentication"
        max_age = settings.REAUTHENTICATION_MAX_AGE
        return f'Bearer realm="api", error="{error}", max_age="{max_age}"'


def handle(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Return the response to an exception, with a `code` in addition to DRF's `detail`.

    Args:
        exc: the exception that a view raised.
        context: DRF's context, with `view` and `request`.

    Returns:
        The response, or None for an exception that is a server error.
    """
    if isinstance(exc, RequestDataTooBig):
        exc = BodyTooLargeError()
    if isinstance(exc, RateLimitExceededError):
        exc = ThrottledError(exc.retry_after, str(TOO_MANY if exc.counted else NOT_COUNTED))
    if isinstance(exc, User.DoesNotExist) and _is_deleted(context["request"].user):
        exc = InvalidToken()
        exc.auth_header = context["view"].get_authenticate_header(context["request"])  # type: ignore[attr-defined]  # as APIView does
    if isinstance(exc, ReauthenticationRequiredError):
        exc.auth_header = exc.challenge  # type: ignore[attr-defined]  # as APIView does
    if isinstance(exc, InvalidToken):
        security_log.record("token_refused")
    response = exception_handler(exc, context)
    if response is not None and isinstance(response.data, dict):
        detail = response.data.get("detail")
        if isinstance(detail, ErrorDetail):
            response.data.setdefault("code", detail.code)
        response.data.pop("messages", None)
    return response


def _is_deleted(user: object) -> bool:
    """Return whether the user of an access token was deleted.

    Either the user was deleted during the request, or the cache has lost the revocation entry.
    """
    return isinstance(user, User) and not User.objects.filter(pk=user.pk).exists()


def bad_request(request: HttpRequest, exception: Exception | None = None) -> JsonResponse:  # noqa: ARG001 - Django's signature
    """Return the response to a request that Django could not process."""
    detail = _("The request is malformed. Check its URL, headers and body.")
    return error_response(HTTPStatus.BAD_REQUEST, "bad_request", detail)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> JsonResponse:  # noqa: ARG001 - Django's signature
    """Return the response to a request without the necessary permission."""
    detail = _("You do not have permission to do this. Ask an administrator for access.")
    return error_response(HTTPStatus.FORBIDDEN, "permission_denied", detail)


def not_found(request: HttpRequest, exception: Exception | None = None) -> JsonResponse:  # noqa: ARG001 - Django's signature
    """Return the response to a request for an unknown URL or object."""
    return error_response(HTTPStatus.NOT_FOUND, "not_found", _("Not found. Check the URL."))


def server_error(request: HttpRequest) -> JsonResponse:  # noqa: ARG001 - Django's signature
    """Return the response to a request that failed; only the log has the cause."""
    detail = _("An error occurred on our side. Try again in a few minutes.")
    return error_response(HTTPStatus.INTERNAL_SERVER_ERROR, "error", detail)
