"""The API: a serializer, one call into a service, an answer."""

from collections.abc import Sequence
from typing import Any, cast

from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import transaction
from django.utils.decorators import method_decorator
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, ValidationError
from rest_framework.generics import RetrieveUpdateAPIView
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
from token_auth.serializers import checked
from web.client_info import get_client_info

# The errors of single endpoints; those that DRF itself returns are in the document by themselves.
UNAUTHORIZED: dict[int, Any] = {401: serializers.ErrorSerializer}
FORBIDDEN: dict[int, Any] = {403: serializers.ErrorSerializer}
THROTTLED: dict[int, Any] = {429: serializers.ErrorSerializer}
SIGN_IN_FAILED = "No account that may sign in has these credentials."
LINK_FAILED = "This link is not valid, or no longer."
ENTERED_INCORRECTLY = "Your password was entered incorrectly. Please enter it again."


class PublicView(APIView):
    """A call whose credential, if any, is in the body: an Authorization header is not read."""

    authentication_classes: Sequence[type[BaseAuthentication]] = ()
    permission_classes: Sequence[type[BasePermission]] = (AllowAny,)

    @property
    def default_response_headers(self) -> dict[str, str]:
        """Let no cache keep an answer that may hold tokens (RFC 6749 section 5.1)."""
        return {**super().default_response_headers, "Cache-Control": "no-store"}

    def get_authenticate_header(self, request: Request) -> str:
        """Name the scheme in a 401, which DRF would turn into a 403 otherwise."""
        return BearerAuthentication().authenticate_header(request)


class TokenView(PublicView):
    """Sign in."""

    @extend_schema(
        request=serializers.CredentialsSerializer,
        responses=UNAUTHORIZED | THROTTLED | {200: serializers.TokenPairSerializer},
    )
    def post(self, request: Request) -> Response:
        """Exchange an e-mail address and a password for a pair of tokens."""
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
    """Stay signed in."""

    @extend_schema(
        request=serializers.RefreshSerializer,
        parameters=transport.PARAMETERS,
        responses=UNAUTHORIZED | FORBIDDEN | THROTTLED | {200: serializers.TokenPairSerializer},
    )
    def post(self, request: Request) -> Response:
        """Exchange a refresh token for the next pair.

        A client that lost the response can send the same token again within a few seconds.
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
    """Sign out."""

    @extend_schema(
        request=serializers.RefreshSerializer,
        parameters=transport.PARAMETERS,
        responses=UNAUTHORIZED | FORBIDDEN | {204: None},
    )
    def post(self, request: Request) -> Response:
        """End the sign-in that a refresh token belongs to, with all of its tokens."""
        services.revoke(transport.refresh_token_from(request))
        return transport.signed_out_response()


class CsrfTokenView(PublicView):
    """The CSRF token that the refresh cookie needs."""

    @extend_schema(
        responses=UNAUTHORIZED
        | FORBIDDEN
        | {200: serializers.CsrfTokenSerializer, 404: serializers.ErrorSerializer}
    )
    def get(self, request: Request) -> Response:
        """Return the CSRF token again, for a page that was reloaded or another tab."""
        return Response({"csrf_token": transport.csrf_token_for(request)})


class EmailVerifyView(PublicView):
    """Confirm an address."""

    @extend_schema(request=serializers.VerificationSerializer, responses=THROTTLED | {204: None})
    def post(self, request: Request) -> Response:
        """Confirm the address that a verification link was sent to."""
        try:
            token = checked(serializers.VerificationSerializer, request)["token"]
            verification.verify(token, client=get_client_info(request))
        except email_links.InvalidLinkError:
            raise ValidationError({"token": [LINK_FAILED]}) from None
        return Response(status=status.HTTP_204_NO_CONTENT)


class EmailVerifyResendView(PublicView):
    """Get another verification link."""

    @extend_schema(
        request=serializers.EmailSerializer,
        responses=THROTTLED | {202: serializers.DetailSerializer},
    )
    def post(self, request: Request) -> Response:
        """Mail the link again, if the address has an account that waits for it."""
        email = checked(serializers.EmailSerializer, request)["email"]
        verification.resend(email, client=get_client_info(request))
        return mail_is_on_its_way()


class EmailChangeView(APIView):
    """Move to another address."""

    @extend_schema(
        request=serializers.EmailChangeSerializer,
        responses=THROTTLED | {202: serializers.DetailSerializer},
    )
    def post(self, request: Request) -> Response:
        """Mail a link to the new address; the account moves when it is followed."""
        data = checked(serializers.EmailChangeSerializer, request)
        user = cast("User", request.user)
        client = get_client_info(request)
        if not authentication.reauthenticate(user, data["password"], client=client):
            raise ValidationError({"password": [ENTERED_INCORRECTLY]})
        email_change.request(user, data["email"], client=client)
        return mail_is_on_its_way()


class PasswordChangeView(APIView):
    """Change the password."""

    @extend_schema(request=serializers.PasswordChangeSerializer, responses=THROTTLED | {204: None})
    def post(self, request: Request) -> Response:
        """Set a new password; the user's other sign-ins end."""
        data = checked(serializers.PasswordChangeSerializer, request)
        user = cast("User", request.user)
        client = get_client_info(request)
        if not authentication.reauthenticate(user, data["current_password"], client=client):
            raise ValidationError({"current_password": [ENTERED_INCORRECTLY]})
        serializers.validate_new_password("new_password", data["new_password"], user)
        passwords.change(user, data["new_password"])
        return Response(status=status.HTTP_204_NO_CONTENT)


class PasswordResetView(PublicView):
    """Get a reset link."""

    @extend_schema(
        request=serializers.EmailSerializer,
        responses=THROTTLED | {202: serializers.DetailSerializer},
    )
    def post(self, request: Request) -> Response:
        """Mail a link to set a new password, if the address has an account."""
        email = checked(serializers.EmailSerializer, request)["email"]
        passwords.request_reset(email, client=get_client_info(request))
        return mail_is_on_its_way()


class PasswordResetConfirmView(PublicView):
    """Follow a reset link."""

    @extend_schema(request=serializers.PasswordResetSerializer, responses=THROTTLED | {204: None})
    def post(self, request: Request) -> Response:
        """Set a new password; every sign-in of the user ends."""
        data = checked(serializers.PasswordResetSerializer, request)
        try:
            passwords.reset_with_link(**data, client=get_client_info(request))
        except email_links.InvalidLinkError:
            raise ValidationError({"token": [LINK_FAILED]}) from None
        except DjangoValidationError as error:
            raise ValidationError({"new_password": error.messages}) from None
        return Response(status=status.HTTP_204_NO_CONTENT)


class MeView(RetrieveUpdateAPIView[User]):
    """The user who is signed in."""

    serializer_class = serializers.UserSerializer
    http_method_names = ("get", "patch", "head", "options")

    def get_object(self) -> User:
        """Return the user who is signed in, and never another."""
        return cast("User", self.request.user)


def mail_is_on_its_way() -> Response:
    """Answer what is true whether or not the address has an account."""
    detail = "If the address can be used for this, a mail is on its way to it."
    return Response({"detail": detail}, status=status.HTTP_202_ACCEPTED)
