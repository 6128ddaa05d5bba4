"""What a registration holds."""

from typing import Any

from rest_framework import serializers

from accounts.models import User
from token_auth.serializers import EmailSerializer, PasswordField, validate_new_password


class RegistrationSerializer(EmailSerializer):
    """An address, a password, and a name if the user likes."""

    password = PasswordField()
    name = serializers.CharField(max_length=150, required=False, allow_blank=True, default="")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Check the password against the address and the name as well."""
        user = User(email=attrs["email"], name=attrs["name"])
        validate_new_password("password", attrs["password"], user)
        return attrs
