"""Endpoint for sign-up."""

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
from token_auth.openapi_document import ACCOUNT
from token_auth.serializers import (
    DetailSerializer,
    EmailSerializer,
    PasswordField,
    checked,
    validate_new_password,
)
from token_auth.views import THROTTLED, PublicView, email_sent_response
from web.client_info import get_client_info


class RegistrationSerializer(EmailSerializer):
    """An email address, a password and an optional name."""

    password = PasswordField()
    name = serializers.CharField(max_length=150, required=False, allow_blank=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        user = User(email=attrs["email"], name=attrs.get("name", ""))
        validate_new_password("password", attrs["password"], user)
        return attrs


class RegisterView(PublicView):
    """Endpoint that creates an account."""

    @extend_schema(
        operation_id="signUp",
        tags=[ACCOUNT],
        request=RegistrationSerializer,
        responses=THROTTLED | {202: DetailSerializer},
    )
    def post(self, request: Request) -> Response:
        """Create an account and send a link to confirm the email address.

        The response does not reveal whether the email address already has an account.
        """
        account = checked(RegistrationSerializer, request)
        try:
            signup.create_account(**account, client=get_client_info(request))
        except DjangoValidationError as error:
            raise ValidationError(error.message_dict) from None
        return email_sent_response()


urlpatterns = [path("register/", RegisterView.as_view(), name="api_register")]
