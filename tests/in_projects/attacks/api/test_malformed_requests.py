"""W: bodies, content types and methods that no endpoint of the API takes."""

import pytest

from tests.attacks.api.client import UNSAFE, Caller, code_of
from tests.attacks.checks import assert_gives_nothing_away


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


@pytest.mark.parametrize(
    "content_type",
    [
        *("multipart/form-data; boundary=a", "application/xml", "application/json-patch+json"),
        "application/json, text/plain",
    ],
)
@pytest.mark.parametrize("path", UNSAFE)
def test_w20_other_content_types_are_rejected(
    caller: Caller, path: str, content_type: str
) -> None:
    """W20, ASVS 3.5.2, 4.1.1: forms of other sites can send only other types."""
    body = '{"email": "x@example.com", "password": "x", "refresh": "x"}'
    answer = caller.call("POST", path, body, Content_Type=content_type)

    assert answer.status == 415
    assert code_of(answer) == "unsupported_media_type"


@pytest.mark.parametrize("method", ["TRACE", "FOO", "GET", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", UNSAFE)
def test_w21_other_methods_are_rejected(caller: Caller, path: str, method: str) -> None:
    """W21, ASVS 3.5.3, 4.1.4: and are not treated as another method."""
    override = {"X_HTTP_Method_Override": "POST", "X_HTTP_Method": "POST"}
    answer = caller.call(method, f"{path}?_method=POST", "{}", **override)

    assert answer.status == 405
