"""JSON endpoint for front ends on the same site: sign-in state, sign-in and sign-out."""

import json
from http import HTTPStatus
from typing import Any

from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.generic import View

from accounts.models import User
from accounts.services.rate_limits import RateLimitExceededError
from accounts.services.sign_ins import SignInRefusedError
from session_auth.forms import SignInForm
from session_auth.views import clear_site_data
from web import strict_json
from web.json_errors import error_response

# Names in requests and responses, and those of the form.
_FIELDS = {
    "email": "username",
    "password": "password",  # nosec B105 - a name  # pragma: allowlist secret
}


@method_decorator(login_not_required, name="dispatch")
class SessionView(View):
    """The session of a browser, with the rules and rate limits of the sign-in page."""

    http_method_names = ("get", "head", "post", "delete", "options")

    def get(self, request: HttpRequest) -> HttpResponse:
        """Return whether the user is signed in, the user, and a CSRF token."""
        return _state(request)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Sign in with `email` and `password`, and return the new state."""
        if request.content_type != "application/json":
            detail = _("Send JSON, with the content type application/json.")
            return error_response(
                HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", detail
            )
        data = _read(request.body)
        if data is None:
            detail = _("Send a JSON object with texts.")
            return error_response(HTTPStatus.BAD_REQUEST, "parse_error", detail)
        form = SignInForm(request, data={name: data.get(key) for key, name in _FIELDS.items()})
        try:
            if not form.is_valid():
                return _form_error(form)
            # As on the sign-in page: login() writes to a user who may have been deleted meanwhile.
            with transaction.atomic():
                login(request, form.get_user())
        except SignInRefusedError:
            return _refused(form)
        except RateLimitExceededError as exceeded:
            return _too_many_attempts(exceeded)
        return _state(request)

    def delete(self, request: HttpRequest) -> HttpResponse:
        """Sign out and return the new state."""
        logout(request)
        return clear_site_data(_state(request))


def _state(request: HttpRequest) -> HttpResponse:
    user = request.user
    shown = None
    if isinstance(user, User):
        shown = {"id": user.pk, "email": user.email, "name": user.name}
    content = {"signed_in": shown is not None, "user": shown, "csrf_token": get_token(request)}
    return JsonResponse(content)


def _read(body: bytes) -> dict[str, str] | None:
    """Return the texts of a JSON object, or None if `body` is anything else."""
    try:
        data: Any = strict_json.loads(body)
        # A lone surrogate cannot be encoded, for example to be stored.
        json.dumps(data, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return None
    texts = isinstance(data, dict) and all(isinstance(data.get(key, ""), str) for key in _FIELDS)
    return data if texts else None


def _form_error(form: SignInForm) -> HttpResponse:
    if form.non_field_errors():
        return _refused(form)
    errors = {key: form.errors[name] for key, name in _FIELDS.items() if name in form.errors}
    return JsonResponse(errors, status=HTTPStatus.BAD_REQUEST)


def _refused(form: SignInForm) -> HttpResponse:
    (detail,) = form.get_invalid_login_error().messages
    headers = {"WWW-Authenticate": 'Cookie realm="session"'}
    return error_response(HTTPStatus.UNAUTHORIZED, "invalid_credentials", detail, headers)


def _too_many_attempts(exceeded: RateLimitExceededError) -> HttpResponse:
    detail = _("Too many attempts. Try again later.")
    headers = {"Retry-After": str(exceeded.retry_after)}
    return error_response(HTTPStatus.TOO_MANY_REQUESTS, "throttled", detail, headers)
