"""W: responses of the API."""

import json

import pytest

from tests.attacks.api.client import JSON, ME, SIGN_INS, TOKEN, Caller, code_of
from tests.attacks.checks import assert_gives_nothing_away, assert_headers, policy_of
from tests.attacks.server import PASSWORD, Server

UNSAFE = [
    *(TOKEN, f"{TOKEN}refresh/", f"{TOKEN}revoke/"),
    *("/api/auth/email/verify/", "/api/auth/email/verify/resend/"),
    *("/api/auth/password/reset/", "/api/auth/password/reset/confirm/"),
]
PROTECTED = {
    ME: ("GET", "PATCH"),
    SIGN_INS: ("GET", "DELETE"),
    f"{SIGN_INS}00000000-0000-0000-0000-000000000000/": ("DELETE",),
    "/api/auth/email/change/": ("POST",),
    "/api/auth/password/change/": ("POST",),
    "/api/schema/": ("GET",),
    "/api/docs/": ("GET",),
}


def test_w01_to_w07_every_response_has_the_headers(caller: Caller, holder: Caller) -> None:
    """W01, W02, W03, W04, W05, W06, W07, ASVS 3.4.1 to 3.4.6, 14.3.2: on errors too."""
    answers = {
        200: [holder.call("GET", ME), holder.renew(), caller.sign_in("x" * 9 + "@example.com")],
        202: [caller.ask_for_reset("x@example.com")],
        400: [caller.call("POST", TOKEN, "{")],
        401: [caller.call("GET", ME), caller.call("GET", ME, Authorization="Bearer x")],
        404: [caller.call("GET", "/api/nothing/")],
        405: [caller.call("GET", TOKEN), holder.call("TRACE", ME), caller.call("FOO", TOKEN)],
        413: [caller.post(TOKEN, email="x" * 2**20, password="x")],
        415: [caller.call("POST", TOKEN, "a=b", Content_Type="text/plain")],
    }
    answers[401].append(answers[200].pop())
    for status, found in answers.items():
        for answer in found:
            assert answer.status == status
            assert_headers(answer)
            assert policy_of(answer)["default-src"] == "'none'"
            if status != 405:
                assert answer.headers.get_content_type() == "application/json"


@pytest.mark.parametrize("path", [*UNSAFE, *PROTECTED, "/.well-known/jwks.json"])
def test_w10_w12_plain_http_is_rejected_by_the_api(server: Server, path: str) -> None:
    """W10, W12, ASVS 4.1.2, 12.2.1: without a redirect, after which clients would not notice."""
    body = json.dumps({"email": "x@example.com", "password": "x", "refresh": "x", "token": "x"})
    for method in ("POST", "GET"):
        answer = server.call(method, path, body, JSON, scheme="http")
        assert answer.status == 403
        assert code_of(answer) == "https_required"
        assert "Location" not in answer.headers


@pytest.mark.parametrize("origin", ["https://evil.test", "null", "https://example.com.evil.test"])
def test_w14_unlisted_origins_get_no_cors_headers(holder: Caller, origin: str) -> None:
    """W14, ASVS 3.4.2: neither requests nor preflight requests."""
    preflight = {
        "Origin": origin,
        "Access_Control_Request_Method": "PATCH",
        "Access_Control_Request_Headers": "authorization,x-csrf-token",
    }
    for answer in (holder.call("GET", ME, Origin=origin), holder.call("OPTIONS", ME, **preflight)):
        assert not [name for name in answer.headers if name.lower().startswith("access-control")]
    assert "origin" in holder.call("GET", ME, Origin=origin).headers["Vary"].lower()


@pytest.mark.parametrize(
    "body",
    [
        *("[" * 100_000, '{"email":' * 50_000, "{", "null", "[]", "\ufeff{}"),
        *('{"email": NaN, "password": Infinity}', '{"email": 1e999, "password": 1}'),
        *('{"email": ' + "9" * 5000 + ', "password": "x"}', '{"email": "x", "password": "x", }'),
        *(
            '{"email": "\\ud800", "password": "\\udfff"}',
            '{"email": "a\\u0000b", "password": "\\u0000"}',
        ),
        *('{"email": {}, "password": []}', '{"email": ["a@example.com"], "password": ["x"]}'),
    ],
    ids=lambda body: body[:24],
)
@pytest.mark.parametrize("path", UNSAFE)
def test_w17_w18_malformed_body_is_a_client_error(caller: Caller, path: str, body: str) -> None:
    """W17, W18, P20, ASVS 15.2.2, 16.5.1, 16.5.3."""
    answer = caller.call("POST", path, body.encode())

    # A refresh token that is a text is a refused credential and no malformed request.
    assert answer.status in {400, 401}
    code_of(answer)
    assert_gives_nothing_away(answer)


OTHER_TYPES = [
    *("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=a", ""),
    *("application/xml", "application/json-patch+json", "application/json, text/plain"),
]


@pytest.mark.parametrize("content_type", OTHER_TYPES)
@pytest.mark.parametrize("path", UNSAFE)
def test_w20_other_content_types_are_rejected(
    caller: Caller, path: str, content_type: str
) -> None:
    """W20, ASVS 3.5.2, 4.1.1: forms of other sites can send only other types."""
    body = '{"email": "x@example.com", "password": "x", "refresh": "x"}'
    answer = caller.call("POST", path, body, Content_Type=content_type)

    assert answer.status == 415
    assert code_of(answer) == "unsupported_media_type"


def test_w20_json_is_accepted(caller: Caller, email: str) -> None:
    """The positive twin of W20."""
    body = json.dumps({"email": email, "password": PASSWORD})
    for content_type in ("application/json", "application/json; charset=utf-8"):
        assert caller.call("POST", TOKEN, body, Content_Type=content_type).status == 200


@pytest.mark.parametrize("method", ["TRACE", "FOO", "GET", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", UNSAFE)
def test_w21_other_methods_are_rejected(caller: Caller, path: str, method: str) -> None:
    """W21, ASVS 3.5.3, 4.1.4: and are not treated as another method."""
    override = {"X_HTTP_Method_Override": "POST", "X_HTTP_Method": "POST"}
    answer = caller.call(method, f"{path}?_method=POST", "{}", **override)

    assert answer.status == 405


@pytest.mark.parametrize("path", PROTECTED)
def test_w22_w28_protected_endpoints_require_a_token(
    caller: Caller, holder: Caller, path: str
) -> None:
    """W22, W28, R3, ASVS 8.2.1, RFC 6750 section 3: the API documentation requires staff."""
    for method in PROTECTED[path]:
        answer = caller.call(method, path, {} if method in {"POST", "PATCH"} else None)
        assert answer.status == 401
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="api"'
        assert answer.headers.get_content_type() == "application/json"
    if path in {"/api/schema/", "/api/docs/"}:
        answer = holder.call("GET", path, Accept="text/html, application/yaml, */*")
        assert answer.status == 403
        assert answer.headers.get_content_type() == "application/json"


def test_w27_p24_w30_undocumented_fields_are_ignored(
    server: Server, holder: Caller, email: str
) -> None:
    """W27, P24, W30, ASVS 1.2.1, 3.2.1, 6.2.2, 15.3.3: markup stays text in JSON."""
    more: dict[str, object] = dict.fromkeys(
        ["is_staff", "is_superuser", "groups", "last_login"], 1
    )
    more |= dict.fromkeys(["id", "password", "new_password", "email"], "x@evil.test")
    more |= dict.fromkeys(["is_active", "email_verified"], False)
    name = {"name": '"><img onerror=x><script>alert(1)</script>{{7*7}}'}
    before = holder.get(ME)
    answer = holder.call("PATCH", ME, more | name)
    assert json.loads(answer.body) == before | name
    assert answer.headers.get_content_type() == "application/json"
    assert_headers(answer)
    for method in ("PUT", "POST"):
        assert holder.call(method, ME, more).status == 405

    assert Caller(server).tries(email) == "done"
    assert holder.call("GET", "/api/schema/").status == 403


def test_w28_objects_of_other_users_are_not_found(server: Server, holder: Caller) -> None:
    """W28, S16, ASVS 8.2.2: the response is 404."""
    other = Caller(server).signed_in(server.new_user())
    (row,) = other.get(SIGN_INS)

    assert holder.call("DELETE", f"{SIGN_INS}{row['id']}/").status == 404
    assert other.is_let_in()
    assert row["id"] not in holder.call("GET", f"{SIGN_INS}?user={row['id']}").text


def test_w29_responses_contain_only_documented_fields(holder: Caller) -> None:
    """W29, J25, ASVS 14.2.6, 15.3.1."""
    (row,) = holder.get(SIGN_INS)

    assert set(holder.get(ME)) == {"id", "email", "name", "email_verified", "date_joined"}
    known = {"id", "kind", "device", "ip_address", "created_at", "last_used_at", "current"}
    assert set(row) == known
