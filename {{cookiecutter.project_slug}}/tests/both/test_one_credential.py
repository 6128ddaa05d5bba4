"""A request is judged by one credential: by its header where it has one."""

from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.test import Client
from django.urls import path
from pytest_django import Settings
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import SignIn, User
from config import urls
from tests.both.conftest import shows_home, signed_in_browser
from tests.conftest import PASSWORD
from tests.token_auth.api import ME, REVOKE, TOKEN, Pair, accepts_access, sign_in

PAGES = ["/", "/accounts/profile/", "/accounts/password_change/", "/back-office/"]
NEW = "the tide comes in at six"
JSON = "application/json"


def bearer(pair: Pair) -> dict[str, str]:
    return {"Authorization": f"Bearer {pair['access']}"}


def test_both_ways_lead_to_one_account(user: User, browser: Client, pair: Pair) -> None:
    assert shows_home(browser)
    assert accepts_access(pair)
    assert set(SignIn.objects.values_list("user", "kind")) == {
        (user.pk, "session"),
        (user.pk, "token"),
    }


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("get", ME, None),
        ("patch", ME, {"name": "Eve"}),
        (
            "post",
            "/api/auth/password/change/",
            {"current_password": PASSWORD, "new_password": NEW},
        ),
        ("post", "/api/auth/email/change/", {"email": "eve@example.com", "password": PASSWORD}),
    ],
)
@pytest.mark.parametrize("check_csrf", [False, True])
def test_a_session_opens_no_api(
    user: User, browser: Client, method: str, path: str, body: Any, check_csrf: bool
) -> None:
    browser.handler.enforce_csrf_checks = check_csrf
    before = User.objects.values().get()

    response = getattr(browser, method)(path, body, content_type=JSON)

    assert response.status_code == 401
    assert response.json()["code"] == "not_authenticated"
    assert response["WWW-Authenticate"] == 'Bearer realm="api"'
    assert User.objects.values().get() == before


@pytest.mark.parametrize("path", PAGES)
def test_a_token_opens_no_page(staff: User, pair: Pair, path: str) -> None:
    response = Client().get(path, headers=bearer(pair))

    assert response.status_code == 302
    assert "login" in response["Location"]
    assert signed_in_browser(staff).get(path).status_code == 200


@pytest.mark.parametrize("path", [ME, TOKEN, "/api/schema/", *PAGES, "/accounts/login/"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_two_users_in_one_request_are_refused(
    browser: Client, other: User, method: str, path: str
) -> None:
    response = getattr(browser, method)(path, headers=bearer(sign_in(other)))

    assert response.status_code == 401
    assert response.json() == {
        "detail": (
            "The session and the access token belong to different users. Send only one of them."
        ),
        "code": "credential_conflict",
    }
    assert response["WWW-Authenticate"] == 'Bearer realm="api"'


def test_a_refused_request_leaves_both_sign_ins_as_they_were(browser: Client, other: User) -> None:
    others = sign_in(other)

    browser.get(ME, headers=bearer(others))

    assert shows_home(browser)
    assert accepts_access(others)


def test_a_token_of_the_same_user_is_what_counts(browser: Client, pair: Pair) -> None:
    answer = browser.get(ME, headers=bearer(pair))

    assert answer.status_code == 200
    assert browser.get("/", headers=bearer(pair)).status_code == 302
    assert shows_home(browser)


@pytest.mark.parametrize("header", ["Bearer nonsense", "Bearer", "bearer x"])
def test_a_header_that_proves_nothing_is_not_helped_by_a_session(
    browser: Client, header: str
) -> None:
    sent = {"Authorization": header}

    assert browser.get(ME, headers=sent).status_code == 401
    assert browser.get("/", headers=sent).status_code == 302
    assert shows_home(browser)


def test_an_ended_token_of_another_is_no_conflict_and_no_help(
    browser: Client, other: User
) -> None:
    others = sign_in(other)
    Client().post(REVOKE, {"refresh": others["refresh"]}, content_type=JSON)

    response = browser.get(ME, headers=bearer(others))

    assert (response.status_code, response.json()["code"]) == (401, "token_not_valid")


def test_an_ended_session_beside_a_token_of_another_is_no_conflict(
    user: User, browser: Client, other: User
) -> None:
    user.is_active = False
    user.save()

    response = browser.get(ME, headers=bearer(sign_in(other)))

    assert response.status_code == 200
    assert response.json()["email"] == other.email


def test_signing_in_by_api_beside_a_session_starts_no_session(
    browser: Client, other: User
) -> None:
    body = {"email": other.email, "password": PASSWORD}

    response = browser.post(TOKEN, body, content_type=JSON)

    assert response.status_code == 200
    assert not response.cookies
    assert b"ada@example.com" in browser.get("/accounts/profile/").content


def test_the_api_sets_no_cookie(user: User) -> None:
    client = Client()
    credentials = {"email": user.email, "password": PASSWORD}
    pair = client.post(TOKEN, credentials, content_type=JSON).json()

    client.get(ME, headers=bearer(pair))
    client.post(REVOKE, {"refresh": pair["refresh"]}, content_type=JSON)

    assert not client.cookies


async def own_view(request: HttpRequest) -> JsonResponse:
    """An asynchronous view of a team, which asks both ways."""
    user = await request.auser()
    found = [getattr(each, "email", None) for each in (user, request.user)]
    return JsonResponse({"found": found})


class OwnApiView(APIView):
    """A view of a team, which asks both ways."""

    def get(self, request: Request) -> Response:
        user = async_to_sync(request.auser)()
        return Response({"found": [user.pk, request.user.pk]})


class Urls:
    """The project's URLs and those of the team."""

    urlpatterns = (
        path("own/", login_not_required(own_view)),
        path("api/own/", OwnApiView.as_view()),
        *urls.urlpatterns,
    )


@pytest.mark.parametrize("header", [None, "Bearer nonsense", "Bearer", "Basic eDp5", ""])
def test_asynchronous_code_finds_the_same_user(
    user: User, browser: Client, settings: Settings, header: str | None
) -> None:
    """A09: a bearer header alone counts, in synchronous and asynchronous code."""
    settings.ROOT_URLCONF = Urls
    headers = {} if header is None else {"Authorization": header}

    found = browser.get("/own/", headers=headers).json()["found"]

    bearer = header is not None and header.startswith("Bearer")
    assert found == ([None, None] if bearer else [user.email] * 2)


def test_asynchronous_code_of_the_api_finds_the_user_of_the_token(
    user: User, browser: Client, pair: Pair, settings: Settings
) -> None:
    """A09: DRF sets `request.user` alone."""
    settings.ROOT_URLCONF = Urls

    for caller in (browser, Client()):
        response = caller.get("/api/own/", headers=bearer(pair))
        assert response.json()["found"] == [str(user.pk)] * 2
