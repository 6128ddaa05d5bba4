"""The Authorization header, the only place and form in which access tokens are accepted."""

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from tests.token_auth.api import CREDENTIALS, ME, REFRESH, REVOKE, TOKEN, Pair


@pytest.mark.parametrize(
    ("query", "body", "headers"),
    [
        ("", "", {}),
        ("?access_token={access}&access={access}", "", {}),
        ("", "{access}", {}),
        ("", "", {"Cookie": "access={access}; Authorization=Bearer {access}"}),
        ("", "", {"X-Authorization": "Bearer {access}"}),
        ("", "", {"Authorization": "bearer {access}"}),
        ("", "", {"Authorization": "Bearer\t{access}"}),
        ("", "", {"Authorization": "Bearer {access}, Bearer {access}"}),
        ("", "", {"Authorization": "Basic {access}"}),
        ("", "", {"Authorization": "Bearer \xff\xfe"}),
        ("", "", {"Authorization": "Bearer {refresh}"}),
    ],
)
def test_a_token_elsewhere_or_in_another_form_is_refused(
    api: APIClient, pair: Pair, query: str, body: str, headers: dict[str, str]
) -> None:
    token = body.format(**pair)
    sent = {name: value.format(**pair) for name, value in headers.items()}

    response = api.patch(
        ME + query.format(**pair), {"access_token": token, "access": token}, headers=sent
    )

    assert (response.status_code, response["WWW-Authenticate"]) == (401, 'Bearer realm="api"')
    assert set(response.json()) == {"detail", "code"}


@pytest.mark.parametrize("header", ["Bearer nonsense", "Basic eDp5"])
def test_endpoints_with_the_credential_in_the_body_read_no_header(
    api: APIClient, user: User, header: str
) -> None:
    api.credentials(HTTP_AUTHORIZATION=header)

    for path in (TOKEN, REFRESH, REVOKE):
        response = api.post(path, {"email": user.email, "password": "x", "refresh": "x"})
        assert (response.status_code, response["WWW-Authenticate"]) == (401, 'Bearer realm="api"')
    pair = api.post(TOKEN, CREDENTIALS).json()
    assert api.post(REFRESH, {"refresh": pair["refresh"]}).status_code == 200
    assert api.post(REVOKE, {"refresh": pair["refresh"]}).status_code == 204
