"""Bodies that are sent on purpose only."""

import json

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from tests.conftest import PASSWORD
from tests.token_auth.api import ME, TOKEN

GOOD = json.dumps({"email": "ada@example.com", "password": PASSWORD}).encode()
JSON = "application/json"


@pytest.mark.parametrize(
    "charset", ["utf-8", "utf-16", "base64", "zlib", "hex", "rot13", "idna", "latin-1", "unknown"]
)
def test_json_is_utf8_whatever_the_client_calls_it(
    api: APIClient, user: User, charset: str
) -> None:
    sent = f"{JSON}; charset={charset}"

    assert api.post(TOKEN, data=GOOD, content_type=sent).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"{}x",
        b"nonsense",
        b"{'email': 'x'}",
        b'{"email": NaN, "password": Infinity}',
        b'{"email": "\xff"}',
        b"\xef\xbb\xbf" + GOOD,
        GOOD.decode().encode("utf-16"),
        b"\x00",
        b'{"email": "\x00"}',
        b'{"email": ' + b"1" * 5000 + b"}",
        GOOD[:-1] + b', "more": 1e400}',
        GOOD[:-1] + b', "more": -Infinity}',
        GOOD[:-1] + b', "email": "eve@example.com"}',
        GOOD[:-1] + b', "more": {"a": 1, "a": 1}}',
        b"[" * 100_000,
        b'{"email":' * 50_000,
        b"[" * 1000 + b"]" * 1000,
    ],
    ids=lambda body: repr(body[:16]),
)
def test_what_is_no_json_is_refused(api: APIClient, user: User, body: bytes) -> None:
    assert api.post(TOKEN, data=GOOD, content_type=JSON).status_code == 200

    response = api.post(TOKEN, data=body, content_type=JSON)

    assert response.status_code == 400
    assert response["Content-Type"] == JSON


def test_a_body_has_a_size(api: APIClient, user: User) -> None:
    limit = 1024 * 1024
    largest = GOOD + b" " * (limit - len(GOOD))

    assert api.post(TOKEN, data=largest, content_type=JSON).status_code == 200
    response = api.post(TOKEN, data=largest + b" ", content_type=JSON)

    assert response.status_code == 413
    assert response.json() == {
        "detail": "The request body is too large. Send less data.",
        "code": "too_large",
    }


def test_a_body_without_a_length_is_no_body(api: APIClient) -> None:
    response = api.post(TOKEN, data=GOOD, content_type=JSON, CONTENT_LENGTH="")

    assert response.status_code == 400


def test_text_beyond_ascii_comes_back_as_it_went(signed_in: APIClient) -> None:
    name = "Zo\u00eb \u6797 \U0001f30a"

    assert signed_in.patch(ME, {"name": name}).json()["name"] == name
