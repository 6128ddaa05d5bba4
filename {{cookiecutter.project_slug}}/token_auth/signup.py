"""Opening an account through the API."""

from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from accounts.services import signup
from token_auth.serializers import (
    DetailSerializer,
    EmailSerializer,
    PasswordField,
    checked,
    validate_new_password,
)
from token_auth.views import THROTTLED, PublicView, mail_is_on_its_way
from web.client_info import get_client_info


class RegistrationSerializer(EmailSerializer):
    """An address, a password, and a name if the user likes."""

    password = PasswordField()
    name = serializers.CharField(max_length=150, required=False, allow_blank=True, default="")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Check the password against the address and the name as well."""
        user = User(email=attrs["email"], name=attrs["name"])
        validate_new_password("password", attrs["password"], user)
        return attrs


class RegisterView(PublicView):
    """Open an account."""

    @extend_schema(request=RegistrationSerializer, responses=THROTTLED | {202: DetailSerializer})
    def post(self, request: Request) -> Response:
        """Open an account; the answer is the same whether the address was free or taken."""
        account = checked(RegistrationSerializer, request)
        try:
            signup.create_account(**account, client=get_client_info(request))
        except DjangoValidationError as error:
            raise ValidationError(error.message_dict) from None
        return mail_is_on_its_way()


urlpatterns = [path("register/", RegisterView.as_view(), name="api_register")]
