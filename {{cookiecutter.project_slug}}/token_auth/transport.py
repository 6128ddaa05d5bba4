"""How a refresh token travels: in the body, or with `JWT_REFRESH_COOKIE` in a cookie.

The cookie is for browsers. Scripts cannot read it, it goes to nothing but the token calls of the
same site, and it counts only beside the `csrf_token` that came with it, sent back in the header
X-CSRFToken: a foreign site has neither the one nor the other (ASVS 3.3.2, 3.3.4, 3.5.1).
"""

import logging
from typing import Any

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter
from rest_framework import status
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework_simplejwt.exceptions import InvalidToken

from monitoring import security_log
from token_auth.serializers import RefreshSerializer, checked
from token_auth.tokens import RefreshToken, verified_refresh

PARAMETERS = [
    OpenApiParameter(
        "X-CSRFToken",
        location=OpenApiParameter.HEADER,
        description="The `csrf_token` of the answer before, where the refresh token is a cookie.",
    )
]


def answer(pair: dict[str, Any]) -> Response:
    """Return the answer that carries `pair`, with the refresh token where the settings want it."""
    response = Response(pair)
    if settings.JWT_REFRESH_COOKIE:
        raw = pair.pop("refresh")
        token = verified_refresh(raw)
        pair["csrf_token"] = _signer().sign(str(token.sign_in_id))
        response.set_cookie(
            settings.JWT_REFRESH_COOKIE_NAME,
            raw,
            max_age=token["exp"] - token["iat"],
            path=reverse("token"),
            secure=True,
            httponly=True,
            samesite="Strict",
        )
    return response


def presented(request: Request) -> RefreshToken:
    """Return the refresh token that a request presents.

    Raises:
        ValidationError: it should be in the body and is not.
        InvalidToken: it is not one of ours, has expired, or is missing from the cookies.
        PermissionDenied: it came as a cookie, without its CSRF token.
    """
    if not settings.JWT_REFRESH_COOKIE:
        return verified_refresh(checked(RefreshSerializer, request)["refresh"])
    raw = request.COOKIES.get(settings.JWT_REFRESH_COOKIE_NAME)
    if raw is None:
        raise InvalidToken
    token = verified_refresh(raw)
    try:
        known = _signer().unsign(request.headers.get("X-CSRFToken", ""))
    except BadSignature:
        known = ""
    if known != str(token.sign_in_id):
        security_log.record("csrf_refused", level=logging.WARNING)
        message = "The X-CSRFToken header is missing or does not belong to this sign-in."
        raise PermissionDenied(message, code="csrf_failed")
    return token


def farewell() -> Response:
    """Return the answer to a sign-out."""
    response = Response(status=status.HTTP_204_NO_CONTENT)
    if settings.JWT_REFRESH_COOKIE:
        response.delete_cookie(
            settings.JWT_REFRESH_COOKIE_NAME, path=reverse("token"), samesite="Strict"
        )
    return response


def _signer() -> Signer:
    return Signer(salt="token_auth.transport.csrf")
