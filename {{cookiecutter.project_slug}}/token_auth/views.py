"""Endpoints of the API: each validates the body, calls one service and responds."""

from collections.abc import Sequence
from typing import Any, cast

from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import transaction
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, ValidationError
from rest_framework.permissions import AllowAny, BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework_simplejwt.exceptions import InvalidToken

from accounts import email_links
from accounts.models import User
from accounts.services import (
    authentication,
    email_change,
    passwords,
    rate_limits,
    verification,
)
from accounts.services.rate_limits import RateLimitKey
from accounts.services.sign_ins import SignInRefusedError
from token_auth import serializers, services, transport
from token_auth.authentication import BearerAuthentication
from token_auth.openapi_document import EMAIL, PASSWORD, TOKENS
from token_auth.serializers import checked
from web.client_info import get_client_info

# Errors of single endpoints. `token_auth.openapi.AutoSchema` adds those that DRF returns.
UNAUTHORIZED: dict[int, Any] = {401: serializers.ErrorSerializer}
FORBIDDEN: dict[int, Any] = {403: serializers.ErrorSerializer}
THROTTLED: dict[int, Any] = {429: serializers.ErrorSerializer}
SIGN_IN_FAILED = (
    "Incorrect email or password. If your account is new, first follow the link in the email that "
    "we sent you."
)
INVALID_LINK = _("This link is invalid, was already used or has expired. Request a new one.")
REAUTHENTICATION_FAILED = _("Incorrect password. Try again.")


class PublicView(APIView):
    """Base class of endpoints that ignore the Authorization header.

    Their credentials, if they need any, are in the body.
    """

    authentication_classes: Sequence[type[BaseAuthentication]] = ()
    permission_classes: Sequence[type[BasePermission]] = (AllowAny,)

    @property
    def default_response_headers(self) -> dict[str, str]:
        # Caches must not store responses that may contain tokens (RFC 6749 section 5.1).
        return {**super().default_response_headers, "Cache-Control": "no-store"}

    def get_authenticate_header(self, request: Request) -> str:
        # Without a scheme, DRF would return 403 instead of 401.
        return BearerAuthentication().authenticate_header(request)


class TokenView(PublicView):
    """Endpoint for signing in."""

    @extend_schema(
        operation_id="signIn",
        tags=[TOKENS],
        request=serializers.CredentialsSerializer,
        responses=UNAUTHORIZED | THROTTLED | {200: serializers.TokenPairSerializer},
    )
    def post(self, request: Request) -> Response:
        """Sign in with an email address and a password, and return a pair of tokens."""
        credentials = checked(serializers.CredentialsSerializer, request)
        client = get_client_info(request)
        user = authentication.authenticate(**credentials, client=client)
        if user is None:
            raise AuthenticationFailed(SIGN_IN_FAILED, code="invalid_credentials")
        try:
            pair = services.obtain(user, client)
        except SignInRefusedError:
            raise AuthenticationFailed(SIGN_IN_FAILED, code="invalid_credentials") from None
        return transport.token_response(pair)


# With ATOMIC_REQUESTS, the 401 would roll back the revocation that it reports.
@method_decorator(transaction.non_atomic_requests, name="dispatch")
class TokenRefreshView(PublicView):
    """Endpoint for refreshing tokens."""

    @extend_schema(
        operation_id="refreshTokens",
        tags=[TOKENS],
        request=serializers.RefreshSerializer,
        parameters=transport.PARAMETERS,
        responses=UNAUTHORIZED | FORBIDDEN | THROTTLED | {200: serializers.TokenPairSerializer},
    )
    def post(self, request: Request) -> Response:
        """Exchange a refresh token for the next pair of tokens.

        Store the new pair before you use it. If the response is lost, send the same refresh token
        again within a few seconds. Later reuse of an old refresh token revokes the sign-in.
        """
        try:
            return transport.token_response(
                services.refresh(transport.refresh_token_from(request))
            )
        except InvalidToken:
            key = RateLimitKey("refreshes_from", get_client_info(request).network)
            rate_limits.consume(key, fail_open=True)
            raise


class TokenRevokeView(PublicView):
    """Endpoint for signing out."""

    @extend_schema(
        operation_id="signOut",
        tags=[TOKENS],
        request=serializers.RefreshSerializer,
        parameters=transport.PARAMETERS,
        responses=UNAUTHORIZED | FORBIDDEN | {204: None},
    )
    def post(self, request: Request) -> Response:
        """Sign out: revoke the sign-in of a refresh token, with all of its tokens."""
        services.revoke(transport.refresh_token_from(request))
        return transport.signed_out_response()


class CsrfTokenView(PublicView):
    """Endpoint of the CSRF token for the refresh cookie."""

    @extend_schema(
        operation_id="getCsrfToken",
        tags=[TOKENS],
        responses=UNAUTHORIZED
        | FORBIDDEN
        | {200: serializers.CsrfTokenSerializer, 404: serializers.ErrorSerializer},
    )
    def get(self, request: Request) -> Response:
        """Return the CSRF token of the sign-in in the refresh cookie.

        Use it after a page was reloaded, or in another tab.
        """
        return Response({"csrf_token": transport.csrf_token_for(request)})


class EmailVerifyView(PublicView):
    """Endpoint that confirms an email address."""

    @extend_schema(
        operation_id="verifyEmail",
        tags=[EMAIL],
        request=serializers.VerificationSerializer,
        responses=THROTTLED | {204: None},
    )
    def post(self, request: Request) -> Response:
        """Confirm an email address with the token of a verification link."""
        try:
            token = checked(serializers.VerificationSerializer, request)["token"]
            verification.verify(token, client=get_client_info(request))
        except email_links.InvalidLinkError:
            raise ValidationError({"token": [INVALID_LINK]}) from None
        return Response(status=status.HTTP_204_NO_CONTENT)


class EmailVerifyResendView(PublicView):
    """Endpoint that sends another verification link."""

    @extend_schema(
        operation_id="resendVerification",
        tags=[EMAIL],
        request=serializers.EmailSerializer,
        responses=THROTTLED | {202: serializers.DetailSerializer},
    )
    def post(self, request: Request) -> Response:
        """Send another verification link if the email address has an unconfirmed account.

        The response does not reveal whether it has one.
        """
        email = checked(serializers.EmailSerializer, request)["email"]
        verification.resend(email, client=get_client_info(request))
        return email_sent_response()


class EmailChangeView(APIView):
    """Endpoint for changing the email address."""

    @extend_schema(
        operation_id="changeEmail",
        tags=[EMAIL],
        request=serializers.EmailChangeSerializer,
        responses=THROTTLED | {202: serializers.DetailSerializer},
    )
    def post(self, request: Request) -> Response:
        """Send a link to a new email address, which takes effect when the link is followed."""
        data = checked(serializers.EmailChangeSerializer, request)
        user = cast("User", request.user)
        client = get_client_info(request)
        if not authentication.reauthenticate(user, data["password"], client=client):
            raise ValidationError({"password": [REAUTHENTICATION_FAILED]})
        email_change.request(user, data["email"], client=client)
        return email_sent_response()


class PasswordChangeView(APIView):
    """Endpoint for changing the password."""

    @extend_schema(
        operation_id="changePassword",
        tags=[PASSWORD],
        request=serializers.PasswordChangeSerializer,
        responses=THROTTLED | {204: None},
    )
    def post(self, request: Request) -> Response:
        """Set a new password and revoke the user's other sign-ins."""
        data = checked(serializers.PasswordChangeSerializer, request)
        user = cast("User", request.user)
        client = get_client_info(request)
        if not authentication.reauthenticate(user, data["current_password"], client=client):
            raise ValidationError({"current_password": [REAUTHENTICATION_FAILED]})
        serializers.validate_new_password("new_password", data["new_password"], user)
        passwords.change(user, data["new_password"])
        return Response(status=status.HTTP_204_NO_CONTENT)


class PasswordResetView(PublicView):
    """Endpoint that sends a password reset link."""

    @extend_schema(
        operation_id="requestPasswordReset",
        tags=[PASSWORD],
        request=serializers.EmailSerializer,
        responses=THROTTLED | {202: serializers.DetailSerializer},
    )
    def post(self, request: Request) -> Response:
        """Send a password reset link if the email address has an account.

        The response does not reveal whether it has one.
        """
        email = checked(serializers.EmailSerializer, request)["email"]
        passwords.request_reset(email, client=get_client_info(request))
        return email_sent_response()


class PasswordResetConfirmView(PublicView):
    """Endpoint that sets a new password with a reset link."""

    @extend_schema(
        operation_id="resetPassword",
        tags=[PASSWORD],
        request=serializers.PasswordResetSerializer,
        responses=THROTTLED | {204: None},
    )
    def post(self, request: Request) -> Response:
        """Set a new password with the parts of a reset link, and revoke all sign-ins."""
        data = checked(serializers.PasswordResetSerializer, request)
        try:
            passwords.reset_with_link(**data, client=get_client_info(request))
        except email_links.InvalidLinkError:
            raise ValidationError({"token": [INVALID_LINK]}) from None
        except DjangoValidationError as error:
            raise ValidationError({"new_password": error.messages}) from None
        return Response(status=status.HTTP_204_NO_CONTENT)


def email_sent_response() -> Response:
    """Return a response that does not reveal whether the email address has an account."""
    detail = _("If this email address can be used, we have sent an email to it. Check your inbox.")
    return Response({"detail": detail}, status=status.HTTP_202_ACCEPTED)
