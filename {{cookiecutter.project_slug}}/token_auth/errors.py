"""The form of errors: those that views raise, and those of requests that no view has seen."""

from http import HTTPStatus
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, JsonResponse
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
    """Return DRF's response to an exception, with the error's `code` next to its `detail`."""
    if isinstance(exc, RequestDataTooBig):
        exc = BodyTooLargeError()
    if isinstance(exc, RateLimitExceededError):
        exc = Throttled(exc.retry_after, TOO_MANY if exc.counted else NOT_COUNTED)
    if isinstance(exc, User.DoesNotExist) and _is_deleted(context["request"].user):
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


def _is_deleted(user: object) -> bool:
    """Return whether the user of a request, whose fields were not loaded, has no row.

    The access token is valid then, and the cache has lost the entry that revokes it.
    """
    return (
        isinstance(user, User)
        and bool(user.get_deferred_fields())
        and not User.objects.filter(pk=user.pk).exists()
    )


def bad_request(_: HttpRequest, exception: Exception | None = None) -> JsonResponse:  # noqa: ARG001 - Django's signature
    """Refuse a request that Django could not make sense of."""
    return _answer(HTTPStatus.BAD_REQUEST, "bad_request", "Malformed request.")


def permission_denied(_: HttpRequest, exception: Exception | None = None) -> JsonResponse:  # noqa: ARG001 - Django's signature
    """Refuse a request that is not allowed."""
    return _answer(HTTPStatus.FORBIDDEN, "permission_denied", "Not allowed.")


def not_found(_: HttpRequest, exception: Exception | None = None) -> JsonResponse:  # noqa: ARG001 - Django's signature
    """Say that there is nothing here."""
    return _answer(HTTPStatus.NOT_FOUND, "not_found", "Not found.")


def server_error(_: HttpRequest) -> JsonResponse:
    """Say that something broke; what it was is in the log."""
    return _answer(HTTPStatus.INTERNAL_SERVER_ERROR, "error", "Something went wrong.")


def _answer(status: HTTPStatus, code: str, detail: str) -> JsonResponse:
    return JsonResponse({"detail": detail, "code": code}, status=status)
