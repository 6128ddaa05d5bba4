"""The OpenAPI document and its page."""

from io import StringIO

import pytest
from django.core.management import call_command
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import User
from tests.token_auth.api import client, sign_in

SCHEMA = "/api/schema/"
DOCS = "/api/docs/"


def test_document_is_valid_openapi_without_a_warning() -> None:
    call_command("spectacular", validate=True, fail_on_warn=True, stdout=StringIO())


@pytest.mark.parametrize("path", [SCHEMA, DOCS, f"{DOCS}?script="])
def test_document_is_read_by_staff_and_by_others_where_it_is_public(
    api: APIClient, staff: APIClient, other: User, settings: Settings, path: str
) -> None:
    assert client(sign_in(other)["access"]).get(path).status_code == 403
    assert api.get(path).status_code == 401
    assert api.get(path)["WWW-Authenticate"] == 'Bearer realm="api"'
    assert staff.get(path).status_code == 200
    settings.API_DOCS_ARE_PUBLIC = True
    assert api.get(path).status_code == 200
