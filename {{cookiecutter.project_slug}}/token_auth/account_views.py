"""Endpoints of the current user's account."""

from collections.abc import Sequence
from typing import Any, cast

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.exceptions import ValidationError
from rest_framework.generics import RetrieveUpdateAPIView
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from accounts.services import authentication, deletion, export
from token_auth import serializers, services, transport
from token_auth.errors import ConflictError
from token_auth.openapi_document import ACCOUNT, TOKENS
from token_auth.permissions import IsRecentlyAuthenticated
from token_auth.serializers import checked
from token_auth.views import REAUTHENTICATION_FAILED, THROTTLED
from web.client_info import get_client_info


class ConfirmView(APIView):
    """Endpoint for reauthentication."""

    @extend_schema(
        operation_id="reauthenticate",
        tags=[TOKENS],
        request=serializers.PasswordSerializer,
        responses=THROTTLED | {200: serializers.AccessTokenSerializer},
    )
    def post(self, request: Request) -> Response:
        """Reauthenticate with the password, and return an access token with a new `auth_time`.

        Use it after a response with `insufficient_user_authentication`, and repeat the request
        with the new access token. The refresh token remains valid.
        """
        password = checked(serializers.PasswordSerializer, request)["password"]
        user = cast("User", request.user)
        if not authentication.reauthenticate(user, password, client=get_client_info(request)):
            raise ValidationError({"password": [REAUTHENTICATION_FAILED]})
        return Response(transport.access_body(*services.renew_access(user)))


@extend_schema_view(
    get=extend_schema(
        operation_id="getMe", tags=[ACCOUNT], description="Return the account of the current user."
    ),
    patch=extend_schema(
        operation_id="updateMe", tags=[ACCOUNT], description="Change the name of the current user."
    ),
)
class MeView(RetrieveUpdateAPIView[User]):
    """The account of the current user. Only `name` can be changed."""

    serializer_class = serializers.UserSerializer
    http_method_names = ("get", "patch", "delete", "head", "options")

    def get_permissions(self) -> Sequence[Any]:
        required = super().get_permissions()
        if self.request.method == "DELETE":
            required = [*required, IsRecentlyAuthenticated()]
        return required

    def get_object(self) -> User:
        return cast("User", self.request.user)

    @extend_schema(
        operation_id="deleteMe",
        tags=[ACCOUNT],
        responses={204: None, 409: serializers.ErrorSerializer},
    )
    def delete(self, request: Request) -> Response:
        """Delete the account of the current user, and revoke all sign-ins.

        The response is 409 for the last superuser, and while other data requires the account.
        """
        try:
            deletion.delete(cast("User", request.user))
        except deletion.AccountNotDeletedError as error:
            raise ConflictError(str(error.message), code=error.code) from None
        return transport.signed_out_response()


class ExportView(APIView):
    """Endpoint that exports the data of the current user."""

    permission_classes = (IsAuthenticated, IsRecentlyAuthenticated)

    @extend_schema(
        operation_id="exportMe", tags=[ACCOUNT], responses={200: serializers.ExportSerializer}
    )
    def get(self, request: Request) -> Response:
        """Return the data that the service stores about the current user."""
        return Response(export.export(cast("User", request.user)))
