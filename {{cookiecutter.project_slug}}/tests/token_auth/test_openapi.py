"""The OpenAPI document and its page."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.urls import include, path
from drf_spectacular.generators import SchemaGenerator
from pytest_django import Settings
from rest_framework import serializers
from rest_framework.generics import RetrieveAPIView
from rest_framework.pagination import PageNumberPagination
from rest_framework.permissions import IsAuthenticated
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
    """A plain view set, as a team writes it."""

    queryset = SignIn.objects.order_by("pk")
    serializer_class = OwnSerializer


class OwnPermission(IsAuthenticated):
    pass


class OwnThrottledView(RetrieveAPIView[SignIn]):
    queryset = SignIn.objects.all()
    permission_classes = (OwnPermission,)
    throttle_classes = (UserRateThrottle,)
    serializer_class = OwnSerializer


router = DefaultRouter()
router.register("own", OwnViewSet, basename="own")
urlpatterns = [
    path("api/", include(router.urls)),
    path("api/throttled/<uuid:pk>/", OwnThrottledView.as_view()),
]


def errors_of_own_views() -> dict[tuple[str, str], set[str]]:
    """Return the documented error statuses of each method and path."""
    generator: Any = SchemaGenerator
    paths = generator(patterns=urlpatterns).get_schema(request=None, public=True)["paths"]
    return {
        (method, path): {code for code in call["responses"] if code >= "400"}
        for path, calls in paths.items()
        for method, call in calls.items()
    }


def test_document_is_valid_openapi_without_a_warning() -> None:
    call_command("spectacular", validate=True, fail_on_warn=True, stdout=StringIO())


@pytest.mark.parametrize(("cookie", "credential"), [(False, "refresh"), (True, "csrf_token")])
def test_document_has_the_bearer_scheme_and_says_where_refresh_tokens_are(
    staff: APIClient, settings: Settings, cookie: bool, credential: str
) -> None:
    settings.JWT_REFRESH_COOKIE = cookie

    found = staff.get(SCHEMA).json()

    components, paths = found["components"], found["paths"]
    bearer = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
    assert components["securitySchemes"]["bearer"] == bearer
    assert paths["/api/auth/me/"]["get"]["security"] == [{"bearer": []}]
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


def test_plain_view_set_is_documented_with_the_errors_it_returns() -> None:
    """F02."""
    body, one = {"400", "415"}, {"404"}
    assert errors_of_own_views() == {
        ("get", "/api/own/"): {"400", "401"},
        ("post", "/api/own/"): {"401", *body},
        ("get", "/api/own/{id}/"): {"400", "401", *one},
        ("put", "/api/own/{id}/"): {"401", *body, *one},
        ("patch", "/api/own/{id}/"): {"401", *body, *one},
        ("delete", "/api/own/{id}/"): {"400", "401", *one},
        ("get", "/api/throttled/{id}/"): {"400", "401", "403", "429", *one},
    }


def test_list_with_pages_is_documented_with_their_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    """F02."""
    monkeypatch.setattr(OwnViewSet, "pagination_class", PageNumberPagination)

    assert errors_of_own_views()["get", "/api/own/"] == {"400", "401", "404"}
