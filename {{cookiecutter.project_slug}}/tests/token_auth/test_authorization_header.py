import pytest
from rest_framework.test import APIClient

from accounts.models import User
from tests.conftest import PASSWORD
from tests.token_auth.api import ME, REFRESH, REVOKE, TOKEN, Pair


def test_one_bearer_token_is_accepted(api: APIClient, pair: Pair) -> None:
    response = api.get(ME, HTTP_AUTHORIZATION=f"Bearer {pair['access']}")

    assert response.status_code == 200
    assert "WWW-Authenticate" not in response


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        " ",
        "{access}",
        "Bearer",
        "Bearer ",
        "Bearer  ",
        "Bearer\t{access}",
        "Bearer{access}",
        "Bearer:{access}",
        "Bearer {access} {access}",
        "Bearer {access},{access}",
        "Bearer {access},Bearer {access}",
        "Bearer {access}, Bearer {access}",
        "Bearer {access} extra",
        "Bearer Bearer {access}",
        'Bearer "{access}"',
        "Bearer token={access}",
        "bearer {access}",
        "BEARER {access}",
        "JWT {access}",
        "Token {access}",
        "Basic YWRhQGV4YW1wbGUuY29tOng=",
        "Basic {access}",
        "Digest {access}",
        "Bearer \xff\xfe",
        "\xff\xfe {access}",
        "Bearer {refresh}",
    ],
)
def test_anything_else_is_refused(api: APIClient, pair: Pair, header: str | None) -> None:
    if header is not None:
        api.credentials(HTTP_AUTHORIZATION=header.format(**pair))

    response = api.get(ME)

    assert response.status_code == 401
    assert response["WWW-Authenticate"] == 'Bearer realm="api"'
    assert set(response.json()) == {"detail", "code"}


@pytest.mark.parametrize("where", ["query", "body", "cookie", "X-Authorization"])
def test_a_token_counts_in_its_header_only(api: APIClient, pair: Pair, where: str) -> None:
    access = pair["access"]
    if where == "cookie":
        api.cookies.load({"access": access, "Authorization": f"Bearer {access}"})
    query = f"?access_token={access}&access={access}" if where == "query" else ""
    body = {"access_token": access, "access": access} if where == "body" else {"name": "Eve"}
    header = f"Bearer {access}" if where == "X-Authorization" else ""

    assert api.patch(f"{ME}{query}", body, HTTP_X_AUTHORIZATION=header).status_code == 401


@pytest.mark.parametrize("header", ["Bearer nonsense", "Basic eDp5", "nonsense"])
def test_a_call_with_its_credential_in_the_body_reads_no_header(
    api: APIClient, user: User, header: str
) -> None:
    api.credentials(HTTP_AUTHORIZATION=header)

    pair = api.post(TOKEN, {"email": user.email, "password": PASSWORD})

    assert pair.status_code == 200
    following = api.post(REFRESH, {"refresh": pair.json()["refresh"]})
    assert following.status_code == 200
    assert api.post(REVOKE, {"refresh": following.json()["refresh"]}).status_code == 204


@pytest.mark.parametrize("path", [TOKEN, REFRESH, REVOKE])
def test_a_credential_refused_in_the_body_names_the_scheme_as_well(
    api: APIClient, user: User, path: str
) -> None:
    response = api.post(path, {"email": user.email, "password": "x", "refresh": "x"})

    assert response.status_code == 401
    assert response["WWW-Authenticate"] == 'Bearer realm="api"'
    assert set(response.json()) == {"detail", "code"}
