"""Where the user is signed in, as the API shows and ends it."""

from typing import cast
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from accounts.services import sign_ins
from token_auth.serializers import ErrorSerializer, SignInSerializer

KEEP = OpenApiParameter(
    "keep", enum=["current"], description="`current` ends every sign-in but the one that asks."
)


class SignInsView(APIView):
    """All sign-ins of the user, of whichever kind."""

    @extend_schema(responses={200: SignInSerializer(many=True), 401: ErrorSerializer})
    def get(self, request: Request) -> Response:
        """List them, the last one used first."""
        user = cast("User", request.user)
        context = {"current": user.current_sign_in_id}
        return Response(SignInSerializer(sign_ins.live(user), many=True, context=context).data)

    @extend_schema(
        operation_id="auth_sign_ins_destroy_all",
        parameters=[KEEP],
        responses={204: None, 401: ErrorSerializer},
    )
    def delete(self, request: Request) -> Response:
        """Sign out everywhere."""
        user = cast("User", request.user)
        keep = user.current_sign_in_id if request.query_params.get("keep") == "current" else None
        sign_ins.revoke_all(user, keep=keep)
        return Response(status=status.HTTP_204_NO_CONTENT)


class SignInView(APIView):
    """One sign-in of the user."""

    @extend_schema(responses={204: None, 401: ErrorSerializer, 404: ErrorSerializer})
    def delete(self, request: Request, sign_in_id: UUID) -> Response:
        """End it; a sign-in of somebody else is not found."""
        if not sign_ins.revoke_one(cast("User", request.user), sign_in_id):
            raise NotFound
        return Response(status=status.HTTP_204_NO_CONTENT)
