"""The page for those who try too often."""

from collections.abc import Callable
from http import HTTPStatus
from math import ceil

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.services.rate_limits import RateLimitExceededError


class TooManyAttemptsMiddleware:
    """Answers 429 with a page to tries that are too many or not counted (RFC 6585 section 4)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Take the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Do nothing before there is an answer."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Say when to come again."""
        if not isinstance(exception, RateLimitExceededError):
            return None
        minutes = ceil(exception.retry_after / 60)
        context = {"minutes": minutes, "counted": exception.counted}
        response = render(request, "429.html", context, status=HTTPStatus.TOO_MANY_REQUESTS)
        response.headers["Retry-After"] = str(exception.retry_after)
        return response
