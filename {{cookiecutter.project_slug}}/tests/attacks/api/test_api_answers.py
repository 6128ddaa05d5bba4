"""W: responses of the API."""

import json

import pytest

from tests.attacks.api.client import JSON, ME, SIGN_INS, TOKEN, UNSAFE, Caller, code_of
from tests.attacks.checks import assert_gives_nothing_away, assert_headers, policy_of
from tests.attacks.server import Server

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


BODIES = ["[" * 100_000, "{", "[]", '{"email": "a\\u0000b"}', '{"password": "\\udfff"}']


@pytest.mark.parametrize("body", BODIES, ids=lambda body: body[:24])
@pytest.mark.parametrize("path", UNSAFE)
def test_w17_w18_malformed_body_is_a_client_error(caller: Caller, path: str, body: str) -> None:
    """W17, W18, P20, ASVS 15.2.2, 16.5.1, 16.5.3."""
    answer = caller.call("POST", path, body.encode())

    # A refresh token that is a text is a refused credential and no malformed request.
    assert answer.status in {400, 401}
    code_of(answer)
    assert_gives_nothing_away(answer)


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", ""])
@pytest.mark.parametrize("path", UNSAFE)
def test_w20_other_content_types_are_rejected(
    caller: Caller, path: str, content_type: str
) -> None:
    """W20, ASVS 3.5.2, 4.1.1: forms of other sites can send only other types."""
    body = '{"email": "x@example.com", "password": "x", "refresh": "x"}'
    answer = caller.call("POST", path, body, Content_Type=content_type)

    assert answer.status == 415
    assert code_of(answer) == "unsupported_media_type"
    # The positive twin: JSON is read.
    assert caller.call("POST", path, body).status in {200, 202, 400, 401}


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
