"""The form of errors."""

from typing import Any

from django.core.exceptions import RequestDataTooBig
from rest_framework import status
from rest_framework.exceptions import APIException, ErrorDetail, Throttled
from rest_framework.response import Response
from rest_framework.views import exception_handler
from rest_framework_simplejwt.exceptions import InvalidToken

from accounts.models import User
from accounts.services.rate_limits import RateLimitExceededError
from monitoring import security_log

TOO_MANY = "This was tried too often."
NOT_COUNTED = "This does not work just now."


class BodyTooLargeError(APIException):
    """The body is larger than `DATA_UPLOAD_MAX_MEMORY_SIZE`."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = "The request body is too large."
    default_code = "too_large"


def handle(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Answer as DRF does, with the error's `code` beside its `detail`."""
    if isinstance(exc, RequestDataTooBig):
        exc = BodyTooLargeError()
    if isinstance(exc, RateLimitExceededError):
        exc = Throttled(exc.retry_after, TOO_MANY if exc.counted else NOT_COUNTED)
    if isinstance(exc, User.DoesNotExist):
        # The token is good and its user is gone: the cache has lost the mark that says so.
        exc = InvalidToken()
        exc.auth_header = context["view"].get_authenticate_header(context["request"])  # type: ignore[attr-defined]  # as APIView does
    if isinstance(exc, InvalidToken):
        security_log.record("token_refused")
    response = exception_handler(exc, context)
    if response is not None and isinstance(response.data, dict):
        detail = response.data.get("detail")
        if isinstance(detail, ErrorDetail):
            response.data.setdefault("code", detail.code)
        response.data.pop("messages", None)
    return response
