"""What holds for every call."""

import json
from typing import Any

import pytest
from django.conf import settings as project_settings
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import User
from tests.conftest import PASSWORD
from tests.token_auth.api import ME, REFRESH, TOKEN, Pair

FIELDS = {
    "/api/auth/token/": ["email", "password"],
    "/api/auth/token/refresh/": ["refresh"],
    "/api/auth/token/revoke/": ["refresh"],
    "/api/auth/email/verify/": ["token"],
    "/api/auth/email/verify/resend/": ["email"],
    "/api/auth/email/change/": ["email", "password"],
    "/api/auth/password/change/": ["current_password", "new_password"],
    "/api/auth/password/reset/": ["email"],
    "/api/auth/password/reset/confirm/": ["uid", "token", "new_password"],
}
SIGNED_IN = ["/api/auth/email/change/", "/api/auth/password/change/"]
CALLS = [("POST", path) for path in FIELDS] + [("PATCH", ME)]
JSON = "application/json"


@pytest.mark.parametrize("path", SIGNED_IN)
def test_without_a_token_a_signed_in_call_is_refused(api: APIClient, path: str) -> None:
    response = api.post(path, dict.fromkeys(FIELDS[path], "ada@example.com"))

    assert response.status_code == 401
    assert response.json()["code"] == "not_authenticated"
    assert response["WWW-Authenticate"] == 'Bearer realm="api"'


@pytest.mark.parametrize("path", [*FIELDS, ME])
def test_another_method_is_refused(signed_in: APIClient, path: str) -> None:
    allowed = {"GET", "HEAD", "PATCH", "OPTIONS"} if path == ME else {"POST", "OPTIONS"}

    for method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE"} - allowed:
        response = signed_in.generic(method, path)

        assert response.status_code == 405, method
        assert method not in response["Allow"].split(", ")
        assert method == "HEAD" or response.json()["code"] == "method_not_allowed"


@pytest.mark.parametrize(
    "content_type",
    [
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "text/plain",
        "text/json",
        "application/xml",
        "application/merge-patch+json",
        "nonsense",
        "*/*",
        "application/*",
        "*/json",
        "*/*; charset=utf-8",
    ],
)
def test_only_json_is_read(signed_in: APIClient, content_type: str) -> None:
    for method, path in CALLS:
        body = "email=ada@example.com&name=Eve"

        response = signed_in.generic(method, path, body, content_type=content_type)

        assert response.status_code == 415, path
        assert response.json()["code"] == "unsupported_media_type"


@pytest.mark.parametrize("body", ["[]", '"text"', "1", "null", "true", "[{}]", '["refresh"]'])
def test_only_an_object_is_a_body(signed_in: APIClient, body: str) -> None:
    for method, path in CALLS:
        response = signed_in.generic(method, path, body, content_type=JSON)

        assert response.status_code == 400, path


@pytest.mark.parametrize(
    ("path", "field"), [(path, field) for path, fields in FIELDS.items() for field in fields]
)
def test_a_field_that_is_no_text_is_named(signed_in: APIClient, path: str, field: str) -> None:
    good: dict[str, Any] = dict.fromkeys(FIELDS[path], "ada@example.com")
    absent = {name: good[name] for name in good if name != field}
    values: list[Any] = ["", None, True, [], {}, ["x"], "a\x00b", "\ud800"]

    for body in [absent, *({**good, field: value} for value in values)]:
        # json.dumps writes what is no Unicode as an escape, which is how a client may send it.
        response = signed_in.post(path, data=json.dumps(body), content_type=JSON)

        assert response.status_code == 400, body
        errors = response.json()
        assert list(errors) == [field]
        assert all(isinstance(message, str) for message in errors[field])


@pytest.mark.parametrize(
    ("path", "field"),
    [(path, field) for path, fields in FIELDS.items() for field in fields if field == "email"],
)
def test_an_address_has_a_length(signed_in: APIClient, path: str, field: str) -> None:
    long = "x" * 250 + "@example.com"

    response = signed_in.post(path, {**dict.fromkeys(FIELDS[path], "x"), field: long})

    assert response.status_code == 400
    assert list(response.json()) == [field]


def test_a_token_answer_is_kept_by_nobody(api: APIClient, user: User) -> None:
    response = api.post(TOKEN, {"email": user.email, "password": PASSWORD})
    assert response["Cache-Control"] == "no-store"

    response = api.post(REFRESH, {"refresh": response.json()["refresh"]})
    assert response["Cache-Control"] == "no-store"


def test_answers_are_json_and_say_so(signed_in: APIClient) -> None:
    response = signed_in.get(ME)

    assert response["Content-Type"] == JSON
    assert response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("accept", ["text/html", "application/xml"])
def test_nothing_but_json_is_on_offer(signed_in: APIClient, accept: str) -> None:
    response = signed_in.get(ME, HTTP_ACCEPT=accept)

    assert (response.status_code, response["Content-Type"]) == (406, JSON)


@pytest.mark.parametrize("origin", project_settings.CORS_ALLOWED_ORIGINS)
@pytest.mark.parametrize("path", [TOKEN, ME])
def test_a_page_of_ours_may_call(api: APIClient, origin: str, path: str) -> None:
    asked: dict[str, Any] = {
        "HTTP_ORIGIN": origin,
        "HTTP_ACCESS_CONTROL_REQUEST_METHOD": "POST",
        "HTTP_ACCESS_CONTROL_REQUEST_HEADERS": "authorization, content-type",
    }

    response = api.options(path, **asked)

    assert response.status_code == 200
    assert response["Access-Control-Allow-Origin"] == origin
    assert {"authorization", "content-type"} <= set(
        response["Access-Control-Allow-Headers"].split(", ")
    )
    assert "Access-Control-Allow-Credentials" not in response


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "http://app.testserver",
        "https://app.testserver:444",
        "https://app.testserver.evil.example",
        "https://evil-app.testserver",
        "https://sub.app.testserver",
        "https://APP.testserver@evil.example",
        "https://app.testserver/",
        "null",
        "*",
    ],
)
def test_a_page_of_another_may_not(signed_in: APIClient, pair: Pair, origin: str) -> None:
    simple = signed_in.get(ME, HTTP_ORIGIN=origin)
    preflight = signed_in.options(ME, HTTP_ORIGIN=origin, HTTP_ACCESS_CONTROL_REQUEST_METHOD="GET")

    for response in (simple, preflight):
        assert not [name for name in response.headers if name.startswith("Access-Control-")]
        assert "origin" in response["Vary"]


def test_pages_may_call_the_api_and_nothing_else(api: APIClient) -> None:
    response = api.get("/health/live/", HTTP_ORIGIN=project_settings.CORS_ALLOWED_ORIGINS[0])

    assert response.status_code == 200
    assert "Access-Control-Allow-Origin" not in response


@pytest.mark.parametrize("debug", [False, True])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_a_path_without_its_slash_is_not_found_and_the_right_one_is_named(
    api: APIClient, settings: Settings, method: str, debug: bool
) -> None:
    """E06: a redirect turns a POST request into a GET request, and development fails."""
    settings.DEBUG = debug
    for path in (*FIELDS, ME):
        response = api.generic(method, f"{path[:-1]}?a=b", "{}", content_type=JSON)

        assert (response.status_code, response.json()["code"]) == (404, "not_found")
        assert response["Content-Type"] == JSON
        assert f" {path}" in response.json()["detail"]


def test_a_path_without_its_slash_is_named_below_the_prefix_of_the_service(
    api: APIClient,
) -> None:
    """E05, E06."""
    response = api.get("/api/auth/me", SCRIPT_NAME="/shop")

    assert "/shop/api/auth/me/" in response.json()["detail"]


@pytest.mark.parametrize("path", ["/api/nothing", "/api/auth/token/x", "/api", "/api/auth//me"])
def test_an_unknown_path_names_no_other(api: APIClient, path: str) -> None:
    """E06."""
    response = api.get(path)

    assert response.status_code == 404
    assert b"slash" not in response.content
