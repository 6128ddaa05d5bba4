"""The OpenAPI document and its page."""

import re
from io import StringIO
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.urls import URLPattern, URLResolver, get_resolver, include, path
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator
from pytest_django import Settings
from rest_framework import serializers
from rest_framework.filters import SearchFilter
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
METADATA = "/.well-known/oauth-authorization-server"

# The body, and status and body of the response; a star is for endpoints that need a token.
# Registration is elsewhere.
ENDPOINTS = {
    "post token/": ("CredentialsRequest", "200", "TokenPair"),
    "post token/refresh/": ("RefreshRequest", "200", "TokenPair"),
    "post token/revoke/": ("RefreshRequest", "204", None),
    "get token/csrf/": (None, "200", "CsrfToken"),
    "post email/verify/": ("VerificationRequest", "204", None),
    "post email/verify/resend/": ("EmailRequest", "202", "Detail"),
    "post email/change/*": ("EmailChangeRequest", "202", "Detail"),
    "post password/change/*": ("PasswordChangeRequest", "204", None),
    "post password/reset/": ("EmailRequest", "202", "Detail"),
    "post password/reset/confirm/": ("PasswordResetRequest", "204", None),
    "get me/*": (None, "200", "User"),
    "patch me/*": ("PatchedUserRequest", "200", "User"),
    "get sign-ins/*": (None, "200", "SignIn"),
    "delete sign-ins/*": (None, "204", None),
    "delete sign-ins/{sign_in_id}/*": (None, "204", None),
}


@pytest.fixture
def document(staff: APIClient) -> Any:
    return staff.get(SCHEMA).json()


def schema_of(content: Any) -> str | None:
    if "content" not in content:
        return None
    assert list(content["content"]) == ["application/json"]
    schema = content["content"]["application/json"]["schema"]
    return str(schema.get("items", schema)["$ref"]).rpartition("/")[2]


def routes(patterns: list[URLPattern | URLResolver], prefix: str = "/") -> set[str]:
    found = set()
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            found |= routes(pattern.url_patterns, route)
        else:
            found.add(re.sub(r"<\w+:(\w+)>", r"{\1}", route))
    return found


def test_the_document_is_valid_openapi_without_a_warning() -> None:
    call_command("spectacular", validate=True, fail_on_warn=True, stdout=StringIO())


def test_the_document_names_every_endpoint(document: Any) -> None:
    ours = {route for route in routes(get_resolver().url_patterns) if "/api/auth/" in route}

    assert {path for path in document["paths"] if path.startswith("/api/auth/")} == ours
    assert {"/.well-known/jwks.json", METADATA} <= set(document["paths"])


@pytest.mark.parametrize("name", ENDPOINTS)
def test_the_document_describes_a_request_and_its_responses(document: Any, name: str) -> None:
    body, status, response = ENDPOINTS[name]
    method, path = name.rstrip("*").split()

    call = document["paths"][f"/api/auth/{path}"][method]

    assert schema_of(call.get("requestBody", {})) == body
    assert [code for code in call["responses"] if code < "400"] == [status]
    assert schema_of(call["responses"][status]) == response
    assert call["security"] == ([{"bearer": []}] if name.endswith("*") else [{}])
    errors = (["401"] if name.endswith("*") else []) + (["400", "415"] if body else [])
    assert all("content" in call["responses"][code] for code in errors)


def test_the_document_has_the_bearer_scheme_and_no_secret_in_a_response(document: Any) -> None:
    schemas = document["components"]["schemas"]

    bearer = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
    assert document["components"]["securitySchemes"]["bearer"] == bearer
    assert "password" not in schemas["User"]["properties"]
    read_only = {"id", "email", "email_verified", "date_joined"}
    assert not read_only & set(schemas["PatchedUserRequest"]["properties"])


@pytest.mark.parametrize(("cookie", "credential"), [(False, "refresh"), (True, "csrf_token")])
def test_the_document_describes_where_refresh_tokens_are(
    staff: APIClient, settings: Settings, cookie: bool, credential: str
) -> None:
    settings.JWT_REFRESH_COOKIE = cookie

    found = staff.get(SCHEMA).json()

    required = found["components"]["schemas"]["TokenPair"]["required"]
    assert set(required) == {"access", credential, "token_type", "expires_in"}
    for name in ("token/refresh/", "token/revoke/"):
        call = found["paths"][f"/api/auth/{name}"]["post"]
        assert [field["name"] for field in call["parameters"]] == ["X-CSRFToken"]


@pytest.mark.parametrize("path", [SCHEMA, DOCS, f"{DOCS}?script="])
def test_staff_read_the_document_and_others_only_where_it_is_public(
    api: APIClient, staff: APIClient, settings: Settings, path: str
) -> None:
    other = User.objects.create_user("bob@example.com", email_verified_at=timezone.now())
    assert client(sign_in(other)["access"]).get(path).status_code == 403
    assert api.get(path).status_code == 401
    assert api.get(path)["WWW-Authenticate"] == 'Bearer realm="api"'
    assert staff.get(path).status_code == 200
    settings.API_DOCS_ARE_PUBLIC = True
    assert api.get(path).status_code == 200


def test_the_page_loads_its_own_files_alone(staff: APIClient) -> None:
    response = staff.get(DOCS)

    assert "script-src 'self'" in response["Content-Security-Policy"]
    page = response.content.decode()
    sources = set(re.findall(r'(?:src|<link rel="[a-z]+" href)="([^"]+)"', page))
    files = {source for source in sources if source.startswith("/static/")}
    assert all(finders.find(source.removeprefix("/static/")) for source in files)
    (script,) = sources - files
    found = staff.get(script)
    assert (found.status_code, found["Content-Type"]) == (200, "application/javascript")
    assert SCHEMA.encode() in found.content


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


def paths_of_own_views() -> Any:
    generator: Any = SchemaGenerator
    return generator(patterns=urlpatterns).get_schema(request=None, public=True)["paths"]


def test_a_plain_view_set_is_documented_with_the_errors_it_returns() -> None:
    """F02."""
    found = {
        (method, path): {code for code in call["responses"] if code >= "400"}
        for path, calls in paths_of_own_views().items()
        for method, call in calls.items()
    }

    body, one = {"400", "415"}, {"404"}
    assert found == {
        ("get", "/api/own/"): {"400", "401"},
        ("post", "/api/own/"): {"401", *body},
        ("get", "/api/own/{id}/"): {"400", "401", *one},
        ("put", "/api/own/{id}/"): {"401", *body, *one},
        ("patch", "/api/own/{id}/"): {"401", *body, *one},
        ("delete", "/api/own/{id}/"): {"400", "401", *one},
        ("get", "/api/throttled/{id}/"): {"400", "401", "403", "429", *one},
    }


def test_a_list_with_pages_and_filters_is_documented_with_their_errors(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """F02."""
    monkeypatch.setattr(OwnViewSet, "pagination_class", PageNumberPagination)
    monkeypatch.setattr(OwnViewSet, "filter_backends", (SearchFilter,))

    responses = paths_of_own_views()["/api/own/"]["get"]["responses"]

    assert {"400", "404"} <= set(responses)
