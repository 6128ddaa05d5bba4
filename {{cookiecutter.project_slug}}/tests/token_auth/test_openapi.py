"""The OpenAPI document and its page."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from drf_spectacular.generators import SchemaGenerator
from pytest_django import Settings
from rest_framework import serializers
from rest_framework.permissions import IsAdminUser
from rest_framework.routers import DefaultRouter
from rest_framework.test import APIClient
from rest_framework.throttling import UserRateThrottle
from rest_framework.viewsets import ModelViewSet

from accounts.models import SignIn, User
from tests.token_auth.api import client, sign_in

SCHEMA = "/api/schema/"
DOCS = "/api/docs/"


class OwnSerializer(serializers.ModelSerializer[SignIn]):
    class Meta:
        model = SignIn
        fields = ("id", "kind")


class OwnViewSet(ModelViewSet[SignIn]):
    queryset = SignIn.objects.order_by("pk")
    serializer_class = OwnSerializer
    permission_classes = (IsAdminUser,)
    throttle_classes = (UserRateThrottle,)


router = DefaultRouter()
router.register("own", OwnViewSet, basename="own")


def errors_of(call: Any) -> set[str]:
    """Return the statuses of the documented errors of an operation."""
    return {code for code in call["responses"] if code >= "400"}


def test_document_is_valid_openapi_without_a_warning() -> None:
    call_command("spectacular", validate=True, fail_on_warn=True, stdout=StringIO())


@pytest.mark.parametrize("path", [SCHEMA, DOCS, f"{DOCS}?script="])
def test_document_is_read_by_staff_and_by_others_where_it_is_public(
    api: APIClient, staff: APIClient, other: User, settings: Settings, path: str
) -> None:
    assert client(sign_in(other)["access"]).get(path).status_code == 403
    assert api.get(path).status_code == 401
    assert api.get(path)["WWW-Authenticate"] == 'Bearer realm="api"'
    assert staff.get(path).status_code == 200
    settings.API_DOCS_ARE_PUBLIC = True
    assert api.get(path).status_code == 200


def test_view_set_of_a_team_is_documented_with_the_errors_it_returns() -> None:
    """F02."""
    generator: Any = SchemaGenerator
    paths = generator(patterns=router.urls).get_schema(request=None, public=True)["paths"]

    always, one, body = {"400", "401", "403", "429"}, {"404"}, {"413", "415"}
    assert {method: errors_of(call) for method, call in paths["/own/"].items()} == {
        "get": always,
        "post": always | body,
    }
    assert {method: errors_of(call) for method, call in paths["/own/{id}/"].items()} == {
        "get": always | one,
        "put": always | one | body,
        "patch": always | one | body,
        "delete": always | one,
    }
