"""Serializers of requests and responses of the second factor."""

from typing import Any

from rest_framework import serializers

from accounts.second_factor.factors import MAX_LENGTH
from token_auth.serializers import DetailSerializer, TokenPairSerializer


class TicketSerializer(serializers.Serializer[Any]):
    """The ticket of a held sign-in."""

    ticket = serializers.CharField()


class CodeSerializer(serializers.Serializer[Any]):
    """A code of the app, or a recovery code."""

    # Errors have a `code`, too.
    otp = serializers.CharField(source="code", max_length=MAX_LENGTH)


class OptionalCodeSerializer(serializers.Serializer[Any]):
    """A code of the app, or a recovery code, if the user has a second factor."""

    otp = serializers.CharField(source="code", max_length=MAX_LENGTH, required=False)


class TicketCodeSerializer(TicketSerializer, CodeSerializer):
    """The ticket of a held sign-in, and a code of the app or a recovery code."""


class EnrollmentCodeSerializer(CodeSerializer):
    """The state of a setup, and the first code of the app."""

    state = serializers.CharField()


class TicketEnrollmentSerializer(TicketSerializer, EnrollmentCodeSerializer):
    """The ticket of a held sign-in, the state of a setup, and the first code of the app."""


class EnrollmentSerializer(serializers.Serializer[Any]):
    """The key for the app, also as a URI for a QR code, and the state to send back."""

    state = serializers.CharField()
    secret = serializers.CharField()
    uri = serializers.CharField()


class SecondFactorSerializer(serializers.Serializer[Any]):
    """Whether the user has a second factor and needs one, and the kinds of codes that exist."""

    enabled = serializers.BooleanField()
    required = serializers.BooleanField()  # type: ignore[assignment]  # the metaclass takes it
    recovery_codes_left = serializers.IntegerField()
    methods = serializers.ListField(child=serializers.CharField())


class RecoveryCodesSerializer(serializers.Serializer[Any]):
    """New recovery codes."""

    recovery_codes = serializers.ListField(child=serializers.CharField())


class EnrolledSerializer(RecoveryCodesSerializer, TokenPairSerializer):
    """A pair of tokens and the recovery codes."""


class SecondFactorRequiredSerializer(DetailSerializer):
    """An error with a ticket for the next step, and the kinds of codes that the user has."""

    code = serializers.CharField()
    ticket = serializers.CharField()
    expires_in = serializers.IntegerField()
    methods = serializers.ListField(child=serializers.CharField())
