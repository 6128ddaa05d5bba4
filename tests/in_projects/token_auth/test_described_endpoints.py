"""What the OpenAPI document says about each endpoint of the project itself."""

import re
from typing import Any

import pytest
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver
from pytest_django import Settings
from rest_framework.test import APIClient

METADATA = "/.well-known/oauth-authorization-server"

# The body, and status and body of the response; a star is for endpoints that need a token.
ENDPOINTS = {
    "post token/": ("CredentialsRequest", "200", "TokenPair"),
    "post token/refresh/": ("RefreshRequest", "200", "TokenPair"),
    "post token/revoke/": ("RefreshRequest", "204", None),
    "get token/csrf/": (None, "200", "CsrfToken"),
    "post confirm/*": ("PasswordRequest", "200", "AccessToken"),
    "post register/": ("RegistrationRequest", "202", "Detail"),
    "post email/verify/": ("VerificationRequest", "204", None),
    "post email/verify/resend/": ("EmailRequest", "202", "Detail"),
    "post email/change/*": ("EmailChangeRequest", "202", "Detail"),
    "post password/change/*": ("PasswordChangeRequest", "204", None),
    "post password/reset/": ("EmailRequest", "202", "Detail"),
    "post password/reset/confirm/": ("PasswordResetRequest", "204", None),
    "get me/*": (None, "200", "User"),
    "patch me/*": ("PatchedUserRequest", "200", "User"),
    "delete me/*": (None, "204", None),
    "get me/export/*": (None, "200", "Export"),
    "get sign-ins/*": (None, "200", "SignIn"),
    "delete sign-ins/*": (None, "204", None),
    "delete sign-ins/{sign_in_id}/*": (None, "204", None),
}


@pytest.fixture
def document(staff: APIClient) -> Any:
    return staff.get("/api/schema/").json()


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


def test_document_names_every_endpoint(document: Any) -> None:
    ours = {route for route in routes(get_resolver().url_patterns) if "/api/auth/" in route}

    assert {path for path in document["paths"] if path.startswith("/api/auth/")} == ours
    assert {"/.well-known/jwks.json", METADATA} <= set(document["paths"])


@pytest.mark.parametrize("name", ENDPOINTS)
def test_document_describes_a_request_and_its_responses(document: Any, name: str) -> None:
    body, status, response = ENDPOINTS[name]
    method, path = name.rstrip("*").split()

    call = document["paths"][f"/api/auth/{path}"][method]

    assert schema_of(call.get("requestBody", {})) == body
    assert [code for code in call["responses"] if code < "400"] == [status]
    assert schema_of(call["responses"][status]) == response
    assert call["security"] == ([{"bearer": []}] if name.endswith("*") else [])
    errors = (["401"] if name.endswith("*") else []) + (["400", "415"] if body else [])
    assert all("content" in call["responses"][code] for code in errors)


def test_document_names_operations_and_tags_for_generated_clients(document: Any) -> None:
    operations = [call for calls in document["paths"].values() for call in calls.values()]
    names = [call["operationId"] for call in operations]
    assert {"signIn", "refreshTokens", "listSignIns", "deleteMe"} <= set(names)
    assert all(call["summary"] and call["description"] for call in operations)
    assert {tag for call in operations for tag in call["tags"]} == {
        tag["name"] for tag in document["tags"]
    }
    assert document["servers"] == [{"url": settings.PUBLIC_BASE_URL}]


def test_document_has_one_schema_for_validation_errors(document: Any) -> None:
    schemas = document["components"]["schemas"]
    assert "Error" not in schemas
    properties = schemas["BadRequest"]["properties"]
    messages = {"type": "array", "items": {"type": "string"}}
    assert properties["email"] == properties["non_field_errors"] == messages
    assert properties["detail"] == properties["code"] == {"type": "string"}
    responses = document["paths"]["/api/auth/token/"]["post"]["responses"]
    schema = responses["400"]["content"]["application/json"]["schema"]
    assert schema["$ref"].endswith("/BadRequest")
    assert set(responses["429"]["headers"]) == {"Retry-After"}


@pytest.mark.parametrize(("cookie", "credential"), [(False, "refresh"), (True, "csrf_token")])
def test_document_has_the_bearer_scheme_and_says_where_refresh_tokens_are(
    staff: APIClient, settings: Settings, cookie: bool, credential: str
) -> None:
    settings.JWT_REFRESH_COOKIE = cookie

    found = staff.get("/api/schema/").json()

    components, paths = found["components"], found["paths"]
    bearer = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
    assert components["securitySchemes"]["bearer"] == bearer
    me = paths["/api/auth/me/"]["get"]
    assert me["security"] == [{"bearer": []}]
    assert {code for code in me["responses"] if code >= "400"} == {"400", "401"}
    required = components["schemas"]["TokenPair"]["required"]
    assert set(required) == {"access", credential, "token_type", "expires_in"}
    refresh = paths["/api/auth/token/refresh/"]["post"]
    assert [field["name"] for field in refresh["parameters"]] == ["X-CSRFToken"]


def test_document_types_what_generated_clients_send_and_read(document: Any) -> None:
    """Signing in takes no token, optional fields can be left out, and responses are complete."""
    schemas = document["components"]["schemas"]
    assert document["paths"]["/api/auth/token/"]["post"]["security"] == []
    assert {"Tokens", "Sign-ins"} <= {tag["name"] for tag in document["tags"]}
    assert set(schemas["User"]["required"]) == set(schemas["User"]["properties"])
    assert "required" not in schemas["PatchedUserRequest"]
    sent = [schema for name, schema in schemas.items() if name.endswith("Request")]
    fields = [field for schema in sent for field in schema["properties"].values()]
    assert [field for field in fields if "default" in field] == []
    key = schemas["KeySet"]["properties"]["keys"]["items"]["$ref"].rpartition("/")[2]
    assert set(schemas[key]["required"]) == {"kid", "kty", "alg", "use"}
