"""Serializers of requests and responses."""

from typing import Any, ClassVar, cast

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError as DjangoValidationError
from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers
from rest_framework.request import Request

from accounts.fields import canonical_email
from accounts.models import SignIn, User

EMAIL_LENGTH = 254

Field = serializers.Field[Any, Any, Any, Any]


class PasswordField(serializers.CharField):
    """Field for a password exactly as entered, without trimming (ASVS 6.2.8)."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(trim_whitespace=False, write_only=True, max_length=4096, **kwargs)


def validate_new_password(field: str, password: str, user: User) -> None:
    """Check a new password with `AUTH_PASSWORD_VALIDATORS`.

    Args:
        field: the name of the field to report errors for.
        password: the new password.
        user: the user, whose attributes the password must not resemble.

    Raises:
        serializers.ValidationError: the password is not acceptable.
    """
    try:
        validate_password(password, user)
    except DjangoValidationError as error:
        raise serializers.ValidationError({field: error.messages}) from None


def checked(serializer: type[serializers.BaseSerializer[Any]], request: Request) -> dict[str, Any]:
    """Return the validated body of a request.

    Raises:
        serializers.ValidationError: the body is invalid.
    """
    instance = serializer(data=request.data)
    instance.is_valid(raise_exception=True)
    return cast("dict[str, Any]", instance.validated_data)


class CredentialsSerializer(serializers.Serializer[Any]):
    """An email address and a password."""

    email = serializers.CharField(max_length=EMAIL_LENGTH)
    password = PasswordField()


class TokenField(serializers.CharField):
    """Field for a token, which DRF would search for characters that ASCII does not have."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(trim_whitespace=False, **kwargs)

    def run_validators(self, value: str) -> None:
        if not value.isascii() or "\0" in value:
            super().run_validators(value)


class RefreshSerializer(serializers.Serializer[Any]):
    """A refresh token. Empty if the server stores it in a cookie."""

    refresh = TokenField()

    def get_fields(self) -> dict[str, Field]:
        return without(super().get_fields(), "refresh" if settings.JWT_REFRESH_COOKIE else "")


class TokenPairSerializer(serializers.Serializer[Any]):
    """An access token, its lifetime in seconds, and the credential for the next refresh."""

    access = serializers.CharField()
    refresh = serializers.CharField()
    csrf_token = serializers.CharField()
    token_type = serializers.ChoiceField(choices=["Bearer"])
    expires_in = serializers.IntegerField()

    def get_fields(self) -> dict[str, Field]:
        return without(
            super().get_fields(), "refresh" if settings.JWT_REFRESH_COOKIE else "csrf_token"
        )


class AccessTokenSerializer(serializers.Serializer[Any]):
    """An access token and its lifetime in seconds."""

    access = serializers.CharField()
    token_type = serializers.ChoiceField(choices=["Bearer"])
    expires_in = serializers.IntegerField()


class CsrfTokenSerializer(serializers.Serializer[Any]):
    """The CSRF token that must accompany the refresh cookie."""

    csrf_token = serializers.CharField()


def without(fields: dict[str, Field], name: str) -> dict[str, Field]:
    """Return `fields` without the one called `name`."""
    return {key: field for key, field in fields.items() if key != name}


class SignInSerializer(serializers.ModelSerializer[SignIn]):
    """A sign-in: one authenticated browser, app or script of the user."""

    current = serializers.SerializerMethodField()

    class Meta:
        model = SignIn
        fields = ("id", "kind", "device", "ip_address", "created_at", "last_used_at", "current")
        read_only_fields = fields

    @extend_schema_field(
        {"type": "boolean", "description": "Whether this is the sign-in of the request."}
    )
    def get_current(self, sign_in: SignIn) -> bool:
        """Return whether this is the sign-in of the request."""
        return bool(sign_in.pk == self.context["current"])


class EmailField(serializers.EmailField):
    """An email address, in its canonical form once validated."""

    def to_internal_value(self, data: Any) -> str:
        try:
            return canonical_email(super().to_internal_value(data))
        except DjangoValidationError as error:
            raise serializers.ValidationError(error.messages, code="invalid") from None


class EmailSerializer(serializers.Serializer[Any]):
    """An email address."""

    email = EmailField(max_length=EMAIL_LENGTH)


class VerificationSerializer(serializers.Serializer[Any]):
    """The token of a verification link."""

    token = serializers.CharField()


class PasswordSerializer(serializers.Serializer[Any]):
    """The current password."""

    password = PasswordField()


class EmailChangeSerializer(EmailSerializer):
    """A new email address and the current password."""

    password = PasswordField()


class PasswordChangeSerializer(serializers.Serializer[Any]):
    """The current password and a new one."""

    current_password = PasswordField()
    new_password = PasswordField()


class PasswordResetSerializer(serializers.Serializer[Any]):
    """The two parts of a reset link and a new password."""

    uid = serializers.CharField()
    token = serializers.CharField()
    new_password = PasswordField()


class DetailSerializer(serializers.Serializer[Any]):
    """A message for people."""

    detail = serializers.CharField()


# `Error` would hide a type of Kotlin, Swift and JavaScript in generated clients.
@extend_schema_serializer(component_name="ApiError")
class ErrorSerializer(DetailSerializer):
    """An error: `detail` is for people, `code` is for programs."""

    code = serializers.CharField()


class UserSerializer(serializers.ModelSerializer[User]):
    """The profile of the current user."""

    email_verified = serializers.SerializerMethodField()

    class Meta:
        model = User
        fields = ("id", "email", "name", "email_verified", "date_joined")
        read_only_fields = ("id", "email", "date_joined")
        # Responses always have it, and a PATCH need not send it.
        extra_kwargs: ClassVar[dict[str, Any]] = {"name": {"required": True}}

    @extend_schema_field(
        {"type": "boolean", "description": "Whether the email address is confirmed."}
    )
    def get_email_verified(self, user: User) -> bool:
        """Return whether the email address is confirmed."""
        return user.email_verified_at is not None


class ExportSerializer(serializers.Serializer[Any]):
    """The data that is stored about a user. Other apps may add more."""

    account = serializers.DictField()
    sign_ins = serializers.ListField(child=serializers.DictField())


class PublicKeySerializer(serializers.Serializer[Any]):
    """A public key (RFC 7517 section 4); the type of the key decides which other fields it has."""

    kid = serializers.CharField()
    kty = serializers.CharField()
    alg = serializers.CharField()
    use = serializers.CharField()
    crv = serializers.CharField(required=False)
    x = serializers.CharField(required=False)
    y = serializers.CharField(required=False)
    n = serializers.CharField(required=False)
    e = serializers.CharField(required=False)


class KeySetSerializer(serializers.Serializer[Any]):
    """A JSON Web Key Set (RFC 7517)."""

    keys = PublicKeySerializer(many=True)


class MetadataSerializer(serializers.Serializer[Any]):
    """Authorization server metadata (RFC 8414 section 2)."""

    issuer = serializers.CharField()
    jwks_uri = serializers.CharField()
    token_endpoint = serializers.CharField()
    token_endpoint_auth_methods_supported = serializers.ListField(child=serializers.CharField())
    revocation_endpoint = serializers.CharField()
    revocation_endpoint_auth_methods_supported = serializers.ListField(
        child=serializers.CharField()
    )
    response_types_supported = serializers.ListField(child=serializers.CharField())
    grant_types_supported = serializers.ListField(child=serializers.CharField())
