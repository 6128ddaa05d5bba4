"""Methods, types and bodies of requests to every endpoint."""

import json
from typing import Any

import pytest
from django.conf import settings
from rest_framework.test import APIClient

from accounts.models import User
from tests.token_auth.api import (
    CREDENTIALS,
    EMAIL_CHANGE,
    EMAIL_RESEND,
    EMAIL_VERIFY,
    ME,
    PASSWORD_CHANGE,
    PASSWORD_CONFIRM,
    PASSWORD_RESET,
    REFRESH,
    REVOKE,
    TOKEN,
)

FIELDS = {
    TOKEN: ["email", "password"],
    REFRESH: ["refresh"],
    REVOKE: ["refresh"],
    EMAIL_VERIFY: ["token"],
    EMAIL_RESEND: ["email"],
    EMAIL_CHANGE: ["email", "password"],
    PASSWORD_CHANGE: ["current_password", "new_password"],
    PASSWORD_RESET: ["email"],
    PASSWORD_CONFIRM: ["uid", "token", "new_password"],
}
JSON = "application/json"
GOOD = json.dumps(CREDENTIALS).encode()


@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        ("application/x-www-form-urlencoded", "email=ada@example.com&name=Eve", 415),
        ("application/merge-patch+json", "{}", 415),
        ("application/*", "{}", 415),
        ("*/*; charset=utf-8", "{}", 415),
        (JSON, "[]", 400),
        (JSON, "null", 400),
    ],
)
def test_only_a_json_object_is_read(
    signed_in: APIClient, content_type: str, body: str, status: int
) -> None:
    """E07: wildcards are not content types."""
    for method, path in [("PATCH", ME), *(("POST", path) for path in FIELDS)]:
        response = signed_in.generic(method, path, body, content_type=content_type)

        assert response.status_code == status, path


@pytest.mark.parametrize(
    ("path", "field"), [(path, field) for path, fields in FIELDS.items() for field in fields]
)
def test_a_field_that_is_missing_or_no_text_is_named(
    signed_in: APIClient, path: str, field: str
) -> None:
    good: dict[str, Any] = dict.fromkeys(FIELDS[path], "ada@example.com")
    absent = {name: good[name] for name in good if name != field}
    values: list[Any] = ["", None, True, ["x"], {}, "a\x00b", "\ud800"]
    if field == "email":
        values.append("x" * 250 + "@example.com")

    for body in [absent, *({**good, field: value} for value in values)]:
        # json.dumps writes a lone surrogate as an escape, which is how a client may send it.
        response = signed_in.post(path, data=json.dumps(body), content_type=JSON)

        errors = response.json()
        assert (response.status_code, list(errors)) == (400, [field]), body
        assert all(isinstance(message, str) for message in errors[field])


@pytest.mark.parametrize(
    "body",
    [
        b"\xef\xbb\xbf" + GOOD,
        GOOD.decode().encode("utf-16"),
        b'{"email": ' + b"1" * 5000 + b"}",
        GOOD[:-1] + b', "more": 1e400}',
        GOOD[:-1] + b', "email": "eve@example.com"}',
        GOOD[:-1] + b', "more": {"a": 1, "a": 1}}',
        b"[" * 100_000,
    ],
    ids=lambda body: repr(body[-16:]),
)
def test_what_is_not_json_is_refused(api: APIClient, user: User, body: bytes) -> None:
    response = api.post(TOKEN, data=body, content_type=JSON)

    assert (response.status_code, response["Content-Type"]) == (400, JSON)
    # The charset that a client names is ignored.
    good = api.post(TOKEN, data=GOOD, content_type=f"{JSON}; charset=utf-16")
    assert good.status_code == 200


def test_a_body_has_a_maximum_size(api: APIClient, user: User) -> None:
    largest = GOOD.ljust(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)

    assert api.post(TOKEN, data=largest, content_type=JSON).status_code == 200
    response = api.post(TOKEN, data=largest + b" ", content_type=JSON)

    assert (response.status_code, response.json()["code"]) == (413, "too_large")


def test_responses_are_json_and_nothing_else_is_on_offer(signed_in: APIClient) -> None:
    for accept, status in ((JSON, 200), ("text/html", 406)):
        response = signed_in.get(ME, headers={"Accept": accept})
        assert (response.status_code, response["Content-Type"]) == (status, JSON)
        assert response["X-Content-Type-Options"] == "nosniff"
