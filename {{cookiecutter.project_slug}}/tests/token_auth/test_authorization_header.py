"""The only place of an access token, and its only form."""

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from tests.token_auth.api import CREDENTIALS, ME, REFRESH, REVOKE, TOKEN, Pair

CHALLENGE = 'Bearer realm="api"'


def test_one_bearer_token_is_accepted(api: APIClient, pair: Pair) -> None:
    response = api.get(ME, HTTP_AUTHORIZATION=f"Bearer {pair['access']}")

    assert response.status_code == 200
    assert "WWW-Authenticate" not in response


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "{access}",
        "Bearer ",
        "Bearer\t{access}",
        "Bearer{access}",
        "Bearer {access} {access}",
        "Bearer {access},Bearer {access}",
        "Bearer {access}, Bearer {access}",
        "Bearer Bearer {access}",
        'Bearer "{access}"',
        "Bearer token={access}",
        "bearer {access}",
        "JWT {access}",
        "Basic YWRhQGV4YW1wbGUuY29tOng=",
        "Bearer \xff\xfe",
        "\xff\xfe {access}",
        "Bearer {refresh}",
    ],
)
def test_other_headers_are_refused(api: APIClient, pair: Pair, header: str | None) -> None:
    if header is not None:
        api.credentials(HTTP_AUTHORIZATION=header.format(**pair))

    response = api.get(ME)

    assert (response.status_code, response["WWW-Authenticate"]) == (401, CHALLENGE)
    assert set(response.json()) == {"detail", "code"}


@pytest.mark.parametrize("where", ["query", "body", "cookie", "header"])
def test_a_token_elsewhere_is_not_read(api: APIClient, pair: Pair, where: str) -> None:
    token, bearer = pair["access"], f"Bearer {pair['access']}"
    path = f"{ME}?access_token={token}&access={token}" if where == "query" else ME
    body = {"access_token": token, "access": token} if where == "body" else {"name": "Eve"}
    headers = {
        "cookie": {"Cookie": f"access={token}; Authorization={bearer}"},
        "header": {"X-Authorization": bearer},
    }

    assert api.patch(path, body, headers=headers.get(where)).status_code == 401


@pytest.mark.parametrize("header", ["Bearer nonsense", "Basic eDp5"])
def test_endpoints_with_the_credential_in_the_body_read_no_header(
    api: APIClient, user: User, header: str
) -> None:
    api.credentials(HTTP_AUTHORIZATION=header)

    pair = api.post(TOKEN, CREDENTIALS)

    assert pair.status_code == 200
    following = api.post(REFRESH, {"refresh": pair.json()["refresh"]})
    assert following.status_code == 200
    assert api.post(REVOKE, {"refresh": following.json()["refresh"]}).status_code == 204


@pytest.mark.parametrize("path", [TOKEN, REFRESH, REVOKE])
def test_a_refused_credential_in_the_body_names_the_scheme_as_well(
    api: APIClient, user: User, path: str
) -> None:
    response = api.post(path, {"email": user.email, "password": "x", "refresh": "x"})

    assert (response.status_code, response["WWW-Authenticate"]) == (401, CHALLENGE)
    assert set(response.json()) == {"detail", "code"}
