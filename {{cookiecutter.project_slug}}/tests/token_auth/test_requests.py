"""Requests that the API refuses, its errors, and the document that describes them."""

import json
from io import StringIO
from typing import Any

import pytest
from django.conf import settings as project_settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import BadRequest, PermissionDenied
from django.core.management import call_command
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from drf_spectacular.generators import SchemaGenerator
from pytest_django import Settings
from rest_framework.generics import DestroyAPIView
from rest_framework.permissions import IsAdminUser
from rest_framework.test import APIClient
from rest_framework.throttling import UserRateThrottle

from accounts.models import User
from config import urls
from config.urls import handler400, handler403, handler404, handler500  # noqa: F401 - Django's
from tests.token_auth import api as auth

FIELDS = {
    auth.TOKEN: ["email", "password"],
    auth.REFRESH: ["refresh"],
    auth.REVOKE: ["refresh"],
    auth.EMAIL_VERIFY: ["token"],
    auth.EMAIL_RESEND: ["email"],
    auth.EMAIL_CHANGE: ["email", "password"],
    auth.PASSWORD_CHANGE: ["current_password", "new_password"],
    auth.PASSWORD_RESET: ["email"],
    auth.PASSWORD_CONFIRM: ["uid", "token", "new_password"],
}
JSON = "application/json"
GOOD = json.dumps(auth.CREDENTIALS).encode()
ORIGIN = project_settings.CORS_ALLOWED_ORIGINS[0]
ERRORS = {
    "400": (BadRequest("secret"), "bad_request"),
    "403": (PermissionDenied("secret"), "permission_denied"),
    "404": (Http404("secret"), "not_found"),
    "500": (RuntimeError("secret"), "error"),
}


@login_not_required
def fail(_: HttpRequest, error: str) -> HttpResponse:
    raise ERRORS[error][0]


urlpatterns = [*urls.urlpatterns, path("api/errors/<str:error>/", fail)]


@pytest.mark.parametrize("address", FIELDS)
@pytest.mark.parametrize("value", ["", None, True, ["x"], {}, "a\x00b", "\ud800"], ids=ascii)
def test_field_that_is_missing_or_no_text_is_named(
    signed_in: APIClient, address: str, value: object
) -> None:
    for body in ({}, dict.fromkeys(FIELDS[address], value)):
        # json.dumps writes a lone surrogate as an escape, which is how a client may send it.
        response = signed_in.post(address, data=json.dumps(body), content_type=JSON)

        assert (response.status_code, list(response.json())) == (400, FIELDS[address])


@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        # The charset that a client names is ignored.
        *((content_type, GOOD, 200) for content_type in (JSON, f"{JSON}; charset=utf-16")),
        ("application/x-www-form-urlencoded", b"email=ada@example.com&password=x", 415),
        *((content_type, GOOD, 415) for content_type in ("application/*", "*/*; charset=utf-8")),
        ("application/merge-patch+json", GOOD, 415),
        *((JSON, body, 400) for body in (b"[]", b"null", GOOD.decode().encode("utf-16"))),
        (JSON, GOOD[:-1] + b', "more": 1e400}', 400),
        (JSON, GOOD[:-1] + b', "email": "eve@example.com"}', 400),
        (JSON, GOOD[:-1] + b', "more": {"a": 1, "a": 1}}', 400),
        (JSON, b"[" * 100_000, 400),
    ],
    ids=lambda value: str(value)[-40:],
)
def test_body_is_one_unambiguous_json_object(
    api: APIClient, user: User, content_type: str, body: bytes, status: int
) -> None:
    """E07: wildcards are not content types."""
    response = api.post(auth.TOKEN, data=body, content_type=content_type)

    assert (response.status_code, response["Content-Type"]) == (status, JSON)


def test_body_larger_than_the_maximum_is_refused(api: APIClient, user: User) -> None:
    largest = GOOD.ljust(project_settings.DATA_UPLOAD_MAX_MEMORY_SIZE)

    assert api.post(auth.TOKEN, data=largest, content_type=JSON).status_code == 200
    response = api.post(auth.TOKEN, data=largest + b" ", content_type=JSON)

    assert (response.status_code, response.json()["code"]) == (413, "too_large")


@pytest.mark.urls(__name__)
@pytest.mark.parametrize("error", ERRORS)
def test_error_outside_the_api_framework_is_reported_in_json(error: str) -> None:
    response = APIClient(raise_request_exception=False).get(f"/api/errors/{error}/")

    assert (response.status_code, response["Content-Type"]) == (int(error), JSON)
    assert set(response.json()) == {"detail", "code"}
    assert response.json()["code"] == ERRORS[error][1]
    assert b"secret" not in response.content


@pytest.mark.parametrize("debug", [False, True])
@pytest.mark.parametrize(("method", "prefix"), [("GET", "/shop"), ("POST", "")])
def test_path_without_its_slash_is_not_found_and_the_correct_path_is_named(
    api: APIClient, settings: Settings, method: str, debug: bool, prefix: str
) -> None:
    """E05, E06: a redirect turns a POST request into a GET request, and development fails."""
    settings.DEBUG = debug

    response = api.generic(method, f"{auth.TOKEN[:-1]}?a=b", "{}", JSON, SCRIPT_NAME=prefix)

    assert (response.status_code, response.json()["code"]) == (404, "not_found")
    assert response["Content-Type"] == JSON
    assert f" {prefix}{auth.TOKEN}" in response.json()["detail"]


@pytest.mark.parametrize("address", ["/api/nothing", "/api/nothing/", "/api/auth//me"])
def test_unknown_path_is_not_found_and_no_other_is_named(api: APIClient, address: str) -> None:
    """E06."""
    response = api.get(address)

    assert (response.status_code, response.json()["code"]) == (404, "not_found")
    assert b"slash" not in response.content


@pytest.mark.parametrize("address", [auth.TOKEN, "/.well-known/jwks.json"])
def test_request_over_plain_http_is_refused_and_other_paths_are_redirected(
    db: None, api: APIClient, settings: Settings, address: str
) -> None:
    settings.SECURE_SSL_REDIRECT = True

    response = api.post(address, {})

    assert (response.status_code, response.json()["code"]) == (403, "https_required")
    assert "Location" not in response
    assert api.post(address, {}, secure=True).status_code != 403
    assert api.get("/nothing/")["Location"] == "https://testserver/nothing/"


def test_allowed_origin_may_send_tokens_and_json_to_the_api_alone(api: APIClient) -> None:
    headers = {
        "Origin": ORIGIN,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization, content-type",
    }

    response = api.options(auth.ME, headers=headers)

    assert (response.status_code, response["Access-Control-Allow-Origin"]) == (200, ORIGIN)
    allowed = response["Access-Control-Allow-Headers"].split(", ")
    assert {"authorization", "content-type"} <= set(allowed)
    assert "Access-Control-Allow-Credentials" not in response
    for address, origin in ((auth.ME, f"{ORIGIN}.evil.example"), ("/health/live/", ORIGIN)):
        response = api.get(address, headers={"Origin": origin})
        assert "Access-Control-Allow-Origin" not in response


def test_document_is_valid_openapi_without_a_warning() -> None:
    call_command("spectacular", validate=True, fail_on_warn=True, stdout=StringIO())


@pytest.mark.parametrize("path", ["/api/schema/", "/api/docs/", "/api/docs/?script="])
def test_document_is_read_by_staff_and_by_others_where_it_is_public(
    api: APIClient, staff: APIClient, other: User, settings: Settings, path: str
) -> None:
    assert auth.client(auth.sign_in(other)["access"]).get(path).status_code == 403
    assert api.get(path).status_code == 401
    assert api.get(path)["WWW-Authenticate"] == 'Bearer realm="api"'
    assert staff.get(path).status_code == 200
    settings.API_DOCS_ARE_PUBLIC = True
    assert api.get(path).status_code == 200


def test_view_of_a_team_is_documented_with_the_errors_it_returns() -> None:
    """F02."""
    rules = {"permission_classes": [IsAdminUser], "throttle_classes": [UserRateThrottle]}
    view = DestroyAPIView.as_view(queryset=User.objects.all(), **rules)
    generator: Any = SchemaGenerator
    document = generator(patterns=[path("own/<uuid:pk>/", view)])
    call = document.get_schema(request=None, public=True)["paths"]["/own/{id}/"]["delete"]
    assert set(call["responses"]) == {"204", "400", "401", "403", "404", "429"}
