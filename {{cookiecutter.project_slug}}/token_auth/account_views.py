"""Endpoints of the current user's account."""

from typing import cast

from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.generics import RetrieveUpdateAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from accounts.services import authentication
from token_auth import serializers, services
from token_auth.serializers import checked
from token_auth.views import REAUTHENTICATION_FAILED, THROTTLED
from web.client_info import get_client_info


class ConfirmView(APIView):
    """Endpoint for reauthentication."""

    @extend_schema(
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
        access, expires_in = services.renew_access(user)
        content = {"access": access, "token_type": "Bearer", "expires_in": expires_in}
        return Response(content)


class MeView(RetrieveUpdateAPIView[User]):
    """The profile of the current user. Only `name` can be changed."""

    serializer_class = serializers.UserSerializer
    http_method_names = ("get", "patch", "head", "options")

    def get_object(self) -> User:
        return cast("User", self.request.user)
