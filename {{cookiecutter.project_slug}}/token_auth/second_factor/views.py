"""Endpoints of the second factor: the next step of a held sign-in, and management."""

# mypy: disallow-untyped-calls

from collections.abc import Callable, Sequence
from typing import Any, cast

from django.db import transaction
from drf_spectacular.extensions import OpenApiViewExtension
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from accounts.models import User
from accounts.second_factor import gate, services
from accounts.second_factor.errors import SecondFactorError
from accounts.services.sign_ins import SignInRefusedError
from token_auth.permissions import IsRecentlyAuthenticated
from token_auth.second_factor.serializers import (
    CodeSerializer,
    EnrolledSerializer,
    EnrollmentCodeSerializer,
    EnrollmentSerializer,
    OptionalCodeSerializer,
    RecoveryCodesSerializer,
    SecondFactorRequiredSerializer,
    SecondFactorSerializer,
    TicketCodeSerializer,
    TicketEnrollmentSerializer,
    TicketSerializer,
)
from token_auth.serializers import ErrorSerializer, TokenPairSerializer, checked
from token_auth.services import obtain
from token_auth.transport import token_response
from token_auth.views import THROTTLED, UNAUTHORIZED, PublicView, TokenView
from web.client_info import get_client_info

PAIR = UNAUTHORIZED | THROTTLED | {200: TokenPairSerializer}
HELD: dict[int, Any] = {403: SecondFactorRequiredSerializer}
MANAGED: dict[int, Any] = THROTTLED | {409: ErrorSerializer}


def operation(name: str, request: Any, responses: dict[int, Any]) -> Callable[[Any], Any]:
    """Return a decorator that describes an operation."""
    tags = ["Second factor"]
    return extend_schema(operation_id=name, tags=tags, request=request, responses=responses)


def arguments(serializer: type[Serializer[Any]], request: Request) -> dict[str, Any]:
    """Return the validated body of a request and its client, as services take them."""
    return {**checked(serializer, request), "client": get_client_info(request)}


def finish_with(
    serializer: type[Serializer[Any]], finish: Callable[..., list[str]], request: Request
) -> Response:
    """Finish a setup and the sign-in that needs it, and return tokens and recovery codes."""
    data = checked(serializer, request)
    user = gate.user_of_ticket(data.pop("ticket"), enroll=True)
    # If the sign-in fails, the user must not have a second factor without recovery codes.
    with transaction.atomic():
        codes = finish(user, **data)
        response = token_response(obtain(user, get_client_info(request)))
    response.data["recovery_codes"] = codes
    return response


class SignInExtension(OpenApiViewExtension):  # type: ignore[no-untyped-call]  # drf-spectacular is not typed here
    """OpenAPI extension that adds the response to a held sign-in."""

    target_class = "token_auth.views.TokenView"

    def view_replacement(self) -> type[APIView]:
        held = type(TokenView.__name__, (TokenView,), {})
        return extend_schema_view(post=extend_schema(responses=PAIR | HELD))(held)


class TicketView(PublicView):
    """Base class of endpoints that continue a held sign-in; the credential is its ticket."""

    # The error for an account that has changed since the credential was checked.
    refused = "invalid_ticket"

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, SignInRefusedError):
            exc = SecondFactorError(self.refused)
        if isinstance(exc, SecondFactorError) and exc.code != "invalid_enrollment":
            exc = AuthenticationFailed(exc.message, code=exc.code)
        return super().handle_exception(exc)


class VerifyView(TicketView):
    """Endpoint that finishes a held sign-in."""

    @operation("verifySecondFactor", TicketCodeSerializer, PAIR)
    def post(self, request: Request) -> Response:
        """Finish a sign-in with a code of the app or a recovery code.

        After `invalid_second_factor`, the ticket remains valid. After `invalid_ticket`, sign in
        again.
        """
        user = services.verify(**arguments(TicketCodeSerializer, request))
        return token_response(obtain(user, get_client_info(request)))


class TicketSetUpView(TicketView):
    """Endpoint for users who must set up a second factor to sign in."""

    @operation(
        "beginSecondFactorToSignIn", TicketSerializer, UNAUTHORIZED | {200: EnrollmentSerializer}
    )
    def post(self, request: Request) -> Response:
        """Begin to set up the second factor that a sign-in needs."""
        user = gate.user_of_ticket(**checked(TicketSerializer, request), enroll=True)
        enrollment = services.begin_enrollment(user, client=get_client_info(request))
        return Response(enrollment._asdict())

    @operation(
        "finishSecondFactorToSignIn",
        TicketEnrollmentSerializer,
        UNAUTHORIZED | {200: EnrolledSerializer},
    )
    def put(self, request: Request) -> Response:
        """Finish the setup with the first code of the app, and the sign-in.

        The response contains the recovery codes, which are not shown again.
        """
        return finish_with(TicketEnrollmentSerializer, services.finish_enrollment, request)


class ManagementView(APIView):
    """Base class of endpoints for users who have authenticated recently."""

    def get_permissions(self) -> Sequence[Any]:
        recently = [] if self.request.method == "GET" else [IsRecentlyAuthenticated()]
        return [*super().get_permissions(), *recently]


class SecondFactorView(ManagementView):
    """The second factor of the current user."""

    @operation("getSecondFactor", None, {200: SecondFactorSerializer})
    def get(self, request: Request) -> Response:
        """Return whether the user has a second factor, and how many recovery codes are left."""
        return Response(services.status(cast("User", request.user))._asdict())

    @operation("beginSecondFactor", OptionalCodeSerializer, MANAGED | {200: EnrollmentSerializer})
    def post(self, request: Request) -> Response:
        """Begin to set up a second factor, or another one with a code of the present one.

        Show `uri` as a QR code, and send `state` back with the first code of the app.
        """
        user, given = cast("User", request.user), arguments(OptionalCodeSerializer, request)
        return Response(services.begin_enrollment(user, **given)._asdict())

    @operation("finishSecondFactor", EnrollmentCodeSerializer, {200: RecoveryCodesSerializer})
    def put(self, request: Request) -> Response:
        """Finish the setup with the first code of the app, and return the recovery codes.

        They are not shown again. The other sign-ins of the user are revoked.
        """
        data = checked(EnrollmentCodeSerializer, request)
        codes = services.finish_enrollment(cast("User", request.user), **data)
        return Response({"recovery_codes": codes})


class RecoveryCodesView(ManagementView):
    """Endpoint that replaces the recovery codes."""

    @operation("replaceRecoveryCodes", CodeSerializer, MANAGED | {200: RecoveryCodesSerializer})
    def post(self, request: Request) -> Response:
        """Replace the recovery codes, and revoke the other sign-ins of the user."""
        user, given = cast("User", request.user), arguments(CodeSerializer, request)
        codes = services.new_recovery_codes(user, **given)
        return Response({"recovery_codes": codes})


class RemoveView(ManagementView):
    """Endpoint that removes the second factor."""

    @operation("removeSecondFactor", CodeSerializer, MANAGED | {204: None})
    def post(self, request: Request) -> Response:
        """Remove the second factor, and revoke the other sign-ins of the user."""
        services.remove(cast("User", request.user), **arguments(CodeSerializer, request))
        return Response(status=status.HTTP_204_NO_CONTENT)
