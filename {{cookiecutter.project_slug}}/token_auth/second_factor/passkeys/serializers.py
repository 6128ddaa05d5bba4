"""Serializers of requests and responses of passkeys."""

from typing import Any

from rest_framework import serializers

from accounts.second_factor.factors import MAX_LENGTH
from accounts.second_factor.passkeys.models import Passkey
from token_auth.second_factor.serializers import TicketSerializer


class PasskeyResponseSerializer(serializers.Serializer[Any]):
    """The response of a passkey: the JSON text of `PublicKeyCredential.toJSON()`."""

    passkey = serializers.CharField(source="response", max_length=MAX_LENGTH)


class NewPasskeySerializer(PasskeyResponseSerializer):
    """The response of a new passkey, and a name for it."""

    name = serializers.CharField(max_length=100)


class TicketPasskeySerializer(TicketSerializer, NewPasskeySerializer):
    """The ticket of a held sign-in, the response of a new passkey, and a name for it."""


class PasskeySerializer(serializers.ModelSerializer[Passkey]):
    """A passkey of the user."""

    class Meta:
        model = Passkey
        fields = ("id", "name", "created_at", "last_used_at")


class RequestOptionsSerializer(serializers.Serializer[Any]):
    """Options for `PublicKeyCredential.parseRequestOptionsFromJSON()`."""

    challenge = serializers.CharField()
    timeout = serializers.IntegerField()
    rpId = serializers.CharField()  # noqa: N815 - a name of WebAuthn
    allowCredentials = serializers.ListField(child=serializers.DictField())  # noqa: N815 - as above
    userVerification = serializers.CharField()  # noqa: N815 - as above


class CreationOptionsSerializer(serializers.Serializer[Any]):
    """Options for `PublicKeyCredential.parseCreationOptionsFromJSON()`."""

    rp = serializers.DictField()
    user = serializers.DictField()
    challenge = serializers.CharField()
    pubKeyCredParams = serializers.ListField(child=serializers.DictField())  # noqa: N815 - as above
    timeout = serializers.IntegerField()
    excludeCredentials = serializers.ListField(child=serializers.DictField())  # noqa: N815 - as above
    authenticatorSelection = serializers.DictField()  # noqa: N815 - as above
    attestation = serializers.CharField()
