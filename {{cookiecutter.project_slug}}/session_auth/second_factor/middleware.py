"""Middleware that continues held sign-ins on the pages of the second factor."""

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.second_factor.errors import SecondFactorError, SecondFactorRequiredError
from session_auth import sessions

TICKET = "second_factor_ticket"


class SecondFactorMiddleware:
    """Middleware that handles the errors of the second factor in every view."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Return a redirect, or None for other exceptions."""
        if isinstance(exception, SecondFactorRequiredError):
            return _hold(request, exception)
        if isinstance(exception, SecondFactorError):
            messages.error(request, exception.message)
            if request.user.is_authenticated:
                return redirect("second_factor")
            return _redirect(request, reverse("login"))
        return None


def _hold(request: HttpRequest, held: SecondFactorRequiredError) -> HttpResponse:
    """Store the ticket in a new session, and return a redirect to the next step.

    The session has no other content and a new key, which no one else can know. Its earlier
    sign-in ends, as if the user had signed in already. JSON requests get the URL of the page.
    """
    sessions.revoke_deleted([request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")])
    request.session.flush()
    request.user = AnonymousUser()
    request.session[TICKET] = held.ticket
    if held.enroll:
        page, code = reverse("second_factor_set_up"), "second_factor_enrollment_required"
        detail = _("You need a second factor. Set it up.")
    else:
        page, code = reverse("second_factor_verify"), "second_factor_required"
        detail = _("Use your second factor to continue.")
    if request.content_type == "application/json":
        content = {"detail": detail, "code": code, "url": page}
        return JsonResponse(content, status=HTTPStatus.FORBIDDEN)
    return _redirect(request, page)


def _redirect(request: HttpRequest, page: str) -> HttpResponse:
    """Return a redirect to a page that leads to the target of the sign-in."""
    target = request.POST.get("next") or request.GET.get("next")
    return redirect_to_login(target, page) if target else redirect(page)
