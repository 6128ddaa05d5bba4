"""The OpenAPI document and its page."""

from io import StringIO
from typing import Any

import pytest
from django.conf import settings as django_settings
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


def test_document_names_operations_and_tags_for_generated_clients(staff: APIClient) -> None:
    found = staff.get(SCHEMA).json()

    operations = [call for calls in found["paths"].values() for call in calls.values()]
    names = [call["operationId"] for call in operations]
    assert {"signIn", "refreshTokens", "listSignIns", "deleteMe"} <= set(names)
    assert all(call["summary"] and call["description"] for call in operations)
    assert {tag for call in operations for tag in call["tags"]} == {
        tag["name"] for tag in found["tags"]
    }
    assert found["servers"] == [{"url": django_settings.PUBLIC_BASE_URL}]


def test_document_has_one_schema_for_validation_errors(staff: APIClient) -> None:
    found = staff.get(SCHEMA).json()

    schemas = found["components"]["schemas"]
    assert "Error" not in schemas
    properties = schemas["BadRequest"]["properties"]
    messages = {"type": "array", "items": {"type": "string"}}
    assert properties["email"] == properties["non_field_errors"] == messages
    assert properties["detail"] == properties["code"] == {"type": "string"}
    responses = found["paths"]["/api/auth/token/"]["post"]["responses"]
    schema = responses["400"]["content"]["application/json"]["schema"]
    assert schema["$ref"].endswith("/BadRequest")
    assert set(responses["429"]["headers"]) == {"Retry-After"}


@pytest.mark.parametrize(("cookie", "credential"), [(False, "refresh"), (True, "csrf_token")])
def test_document_has_the_bearer_scheme_and_says_where_refresh_tokens_are(
    staff: APIClient, settings: Settings, cookie: bool, credential: str
) -> None:
    settings.JWT_REFRESH_COOKIE = cookie

    found = staff.get(SCHEMA).json()

    components, paths = found["components"], found["paths"]
    bearer = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
    assert components["securitySchemes"]["bearer"] == bearer
    me = paths["/api/auth/me/"]["get"]
    assert (me["security"], errors_of(me)) == ([{"bearer": []}], {"400", "401"})
    required = components["schemas"]["TokenPair"]["required"]
    assert set(required) == {"access", credential, "token_type", "expires_in"}
    refresh = paths["/api/auth/token/refresh/"]["post"]
    assert [field["name"] for field in refresh["parameters"]] == ["X-CSRFToken"]


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
