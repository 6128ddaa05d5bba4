"""Transport of refresh tokens, in the body or, with `JWT_REFRESH_COOKIE`, in a cookie.

The cookie is for browsers. Scripts cannot read it, and browsers send it only to the token
endpoints and only from the same site. It is valid only with the `csrf_token` of its sign-in in the
X-CSRFToken header, which other origins cannot read (ASVS 3.3.2, 3.3.4, 3.5.1).
"""

import logging
from typing import Any

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework import status
from rest_framework.exceptions import NotFound, PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework_simplejwt.exceptions import InvalidToken

from monitoring import security_log
from token_auth.serializers import RefreshSerializer, checked
from token_auth.tokens import RefreshToken, TokenPair, verified_refresh

PARAMETERS = [
    OpenApiParameter(
        "X-CSRFToken",
        location=OpenApiParameter.HEADER,
        description="The `csrf_token` of the sign-in, if the refresh token is in a cookie.",
    )
]


def access_body(access: str, expires_in: int) -> dict[str, Any]:
    """Return what clients need to use an access token (RFC 6749 section 5.1).

    Args:
        access: the access token.
        expires_in: its lifetime in seconds.
    """
    return {
        "access": access,
        "token_type": "Bearer",  # nosec B105 - a name, not a secret
        "expires_in": expires_in,
    }


def token_response(pair: TokenPair) -> Response:
    """Return the response to a sign-in or refresh (RFC 6749 section 5.1)."""
    body = access_body(pair.access, pair.expires_in)
    if not settings.JWT_REFRESH_COOKIE:
        return Response({**body, "refresh": pair.refresh})
    response = Response({**body, "csrf_token": _signer().sign(str(pair.sign_in_id))})
    response.set_cookie(
        settings.JWT_REFRESH_COOKIE_NAME,
        pair.refresh,
        max_age=pair.refresh_expires_at - timezone.now(),
        path=reverse("token"),
        secure=True,
        httponly=True,
        samesite="Strict",
    )
    return response


def refresh_token_from(request: Request) -> RefreshToken:
    """Return the refresh token of a request.

    Raises:
        ValidationError: the refresh token is missing from the body.
        InvalidToken: it is invalid, has expired, or is missing from the cookies.
        PermissionDenied: it is in a cookie, and its CSRF token is missing or wrong.
    """
    if not settings.JWT_REFRESH_COOKIE:
        return verified_refresh(checked(RefreshSerializer, request)["refresh"])
    token = _token_in_cookie(request)
    try:
        signed = _signer().unsign(request.headers.get("X-CSRFToken", ""))
    except BadSignature:
        signed = ""
    if signed != str(token.sign_in_id):
        raise _csrf_error(
            _("The X-CSRFToken header is missing or does not belong to this sign-in.")
        )
    return token


def csrf_token_for(request: Request) -> str:
    """Return the CSRF token of the sign-in whose refresh token is in the cookie of a request.

    Reloaded pages and other tabs need this. Browsers send the cookie only from the same site, and
    only scripts of the API's origin and of `CORS_ALLOWED_ORIGINS` can read the response. Requests
    from other origins are rejected too.

    Raises:
        NotFound: refresh tokens are in the body.
        PermissionDenied: the request comes from another origin.
        InvalidToken: the cookies contain no valid refresh token.
    """
    if not settings.JWT_REFRESH_COOKIE:
        raise NotFound
    if not _is_from_allowed_origin(request):
        raise _csrf_error(_("This origin is not allowed. Add it to CORS_ALLOWED_ORIGINS."))
    return _signer().sign(str(_token_in_cookie(request).sign_in_id))


def signed_out_response() -> Response:
    """Return the response to a sign-out."""
    response = Response(status=status.HTTP_204_NO_CONTENT)
    if settings.JWT_REFRESH_COOKIE:
        response.delete_cookie(
            settings.JWT_REFRESH_COOKIE_NAME, path=reverse("token"), samesite="Strict"
        )
    return response


def _token_in_cookie(request: Request) -> RefreshToken:
    raw = request.COOKIES.get(settings.JWT_REFRESH_COOKIE_NAME)
    if raw is None:
        raise InvalidToken
    return verified_refresh(raw)


def _is_from_allowed_origin(request: Request) -> bool:
    origin = request.headers.get("Origin")
    if origin is None:
        # Browsers send no Origin header with a GET request to the same origin.
        return request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin"
    own = f"{request.scheme}://{request.get_host()}"
    return origin in (own, *settings.CORS_ALLOWED_ORIGINS)


def _csrf_error(detail: str) -> PermissionDenied:
    security_log.record("csrf_refused", level=logging.WARNING)
    return PermissionDenied(detail, code="csrf_failed")


def _signer() -> Signer:
    return Signer(salt="token_auth.transport.csrf")
