"""Answers for requests that no view has seen: JSON like every other."""

from http import HTTPStatus

from django.http import HttpRequest, JsonResponse


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
