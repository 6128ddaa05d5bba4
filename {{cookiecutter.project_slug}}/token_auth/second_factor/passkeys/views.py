"""Endpoints of passkeys: signing in, the next step of a held sign-in, and management."""

# mypy: disallow-untyped-calls

from typing import Any, cast

from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from accounts.second_factor import gate
from accounts.second_factor.passkeys import services
from token_auth.second_factor.passkeys.serializers import (
    CreationOptionsSerializer,
    NewPasskeySerializer,
    PasskeyResponseSerializer,
    PasskeySerializer,
    RequestOptionsSerializer,
    TicketPasskeySerializer,
)
from token_auth.second_factor.serializers import (
    CodeSerializer,
    EnrolledSerializer,
    OptionalCodeSerializer,
    RecoveryCodesSerializer,
    TicketSerializer,
)
from token_auth.second_factor.views import (
    MANAGED,
    PAIR,
    ManagementView,
    TicketView,
    arguments,
    finish_with,
    operation,
)
from token_auth.serializers import checked
from token_auth.services import obtain
from token_auth.transport import token_response
from token_auth.views import UNAUTHORIZED, PublicView
from web.client_info import get_client_info

REQUEST_OPTIONS: dict[int, Any] = {200: RequestOptionsSerializer}
CREATION_OPTIONS: dict[int, Any] = {200: CreationOptionsSerializer}


class SignInOptionsView(PublicView):
    """Endpoint that begins signing in with a passkey."""

    @operation("beginPasskeySignIn", None, REQUEST_OPTIONS)
    def post(self, _: Request) -> Response:
        """Return the options for signing in with a passkey; they are the same for everyone."""
        return Response(services.request_options())


class SignInView(TicketView):
    """Endpoint for signing in with a passkey alone."""

    refused = "invalid_passkey"

    @operation("signInWithPasskey", PasskeyResponseSerializer, PAIR)
    def post(self, request: Request) -> Response:
        """Sign in with a passkey, and return a pair of tokens."""
        user = services.sign_in(**arguments(PasskeyResponseSerializer, request))
        return token_response(obtain(user, get_client_info(request)))


class TicketOptionsView(TicketView):
    """Endpoint that begins the use of a passkey to finish a held sign-in."""

    @operation("beginSecondFactorPasskey", TicketSerializer, UNAUTHORIZED | REQUEST_OPTIONS)
    def post(self, request: Request) -> Response:
        """Return the options for a passkey, whose response is sent as `otp` with the ticket."""
        user = gate.user_of_ticket(**checked(TicketSerializer, request), enroll=False)
        return Response(services.request_options(user))


class TicketPasskeyView(TicketView):
    """Endpoint for users who must set up a second factor to sign in, and choose a passkey."""

    @operation("beginPasskeyToSignIn", TicketSerializer, UNAUTHORIZED | CREATION_OPTIONS)
    def post(self, request: Request) -> Response:
        """Begin to add the passkey that a sign-in needs."""
        user = gate.user_of_ticket(**checked(TicketSerializer, request), enroll=True)
        return Response(services.begin_registration(user, client=get_client_info(request)))

    @operation(
        "finishPasskeyToSignIn", TicketPasskeySerializer, UNAUTHORIZED | {200: EnrolledSerializer}
    )
    def put(self, request: Request) -> Response:
        """Add the passkey, and finish the sign-in.

        The response contains the recovery codes, which are not shown again.
        """
        return finish_with(TicketPasskeySerializer, services.finish_registration, request)


class OptionsView(APIView):
    """Endpoint that begins the use of a passkey as a code."""

    @operation("beginPasskeyCode", None, REQUEST_OPTIONS)
    def post(self, request: Request) -> Response:
        """Return the options for a passkey, whose response is sent as `otp`."""
        return Response(services.request_options(cast("User", request.user)))


class PasskeysView(ManagementView):
    """The passkeys of the current user."""

    @operation("listPasskeys", None, {200: PasskeySerializer(many=True)})
    def get(self, request: Request) -> Response:
        """Return the passkeys of the user, the oldest first."""
        passkeys = cast("User", request.user).passkeys.order_by("pk")
        return Response(PasskeySerializer(passkeys, many=True).data)

    @operation("beginPasskey", OptionalCodeSerializer, MANAGED | CREATION_OPTIONS)
    def post(self, request: Request) -> Response:
        """Begin to add a passkey; users with a second factor send a code of it."""
        user, given = cast("User", request.user), arguments(OptionalCodeSerializer, request)
        return Response(services.begin_registration(user, **given))

    @operation("finishPasskey", NewPasskeySerializer, {200: RecoveryCodesSerializer})
    def put(self, request: Request) -> Response:
        """Add the passkey, and revoke the other sign-ins of the user.

        If it is the first second factor, the response contains the recovery codes, which are not
        shown again.
        """
        data = checked(NewPasskeySerializer, request)
        codes = services.finish_registration(cast("User", request.user), **data)
        return Response({"recovery_codes": codes})


class RemoveView(ManagementView):
    """Endpoint that removes a passkey."""

    @operation("removePasskey", CodeSerializer, MANAGED | {204: None})
    def post(self, request: Request, passkey_id: int) -> Response:
        """Remove a passkey, and revoke the other sign-ins of the user."""
        user, given = cast("User", request.user), arguments(CodeSerializer, request)
        services.remove_passkey(user, passkey_id, **given)
        return Response(status=status.HTTP_204_NO_CONTENT)
