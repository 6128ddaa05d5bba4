"""Errors in JSON, for code outside of API views."""

from http import HTTPStatus

from django.http import JsonResponse
from django_stubs_ext import StrOrPromise


def error_response(
    status: HTTPStatus,
    code: str,
    detail: StrOrPromise,
    headers: dict[str, str] | None = None,
) -> JsonResponse:
    """Return an error: `detail` is for people, `code` is for programs.

    Args:
        status: the status of the response.
        code: a short name that never changes.
        detail: what happened and what to do next.
        headers: further headers of the response.
    """
    return JsonResponse({"detail": detail, "code": code}, status=status, headers=headers)
