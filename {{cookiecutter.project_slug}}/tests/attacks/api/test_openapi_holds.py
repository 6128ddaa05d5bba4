"""Conformity of the API with its OpenAPI document: responses and required credentials."""

# mypy: disallow-untyped-calls

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import pytest
from drf_spectacular.generators import SchemaGenerator

from tests.attacks.api.client import Caller
from tests.attacks.fuzz import MANY
from tests.attacks.server import HOST, Server, somewhere

if TYPE_CHECKING:
    # mypy would spend a third of its time on this package and those that it imports.
    schemathesis: Any
else:
    import schemathesis

DOCUMENT: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]  # drf-spectacular is not typed here
schema = schemathesis.openapi.from_dict(DOCUMENT)
CHECKS = [
    schemathesis.checks.not_a_server_error,
    schemathesis.checks.status_code_conformance,
    schemathesis.checks.content_type_conformance,
    schemathesis.checks.response_schema_conformance,
]


@pytest.fixture(scope="module")
def user_client(server: Server) -> Caller:
    return Caller(server).signed_in(server.new_user())


@schema.parametrize()  # type: ignore[untyped-decorator]  # as above
@MANY
def test_every_endpoint_responds_as_documented(
    case: Any, server: Server, user_client: Caller
) -> None:
    """R1, R3, W17, ASVS 4.1.1."""
    headers = {
        "Host": HOST,
        "X-Forwarded-Proto": "https",
        "X-Forwarded-For": somewhere(),
        "Authorization": f"Bearer {user_client.access}",
    }
    answer = case.call(base_url=f"http://127.0.0.1:{server.port}", headers=headers)
    # gunicorn refuses a long URL before the API sees it.
    if answer.status_code != HTTPStatus.REQUEST_URI_TOO_LONG:
        case.validate_response(answer, checks=CHECKS)
    if answer.status_code in {200, 202, 204, 401} and not user_client.is_let_in():
        # The call has signed out everywhere or deleted the account.
        user_client.signed_in(server.new_user())
