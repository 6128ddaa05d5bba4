"""A request is authenticated by one credential: a bearer token if it has one, else the session."""

import logging

import pytest
from asgiref.sync import async_to_sync
from django.conf import settings as project_settings
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from pytest_django import Settings
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from config import urls
from tests.both.conftest import bearer, shows_home, signed_in_browser
from tests.conftest import PASSWORD
from tests.token_auth.api import ME, REVOKE, TOKEN, Pair, accepts_access, sign_in
from token_auth.authentication import BearerAuthentication
from token_auth.with_sessions.middleware import log_ignored

JSON = "application/json"
REALM = 'Bearer realm="api"'


def test_session_opens_no_api(user: User, browser: Client) -> None:
    response = browser.patch(ME, {"name": "Eve"}, content_type=JSON)

    assert (response.status_code, response.json()["code"]) == (401, "not_authenticated")
    assert response["WWW-Authenticate"] == REALM
    assert User.objects.get().name == user.name


@pytest.mark.parametrize("page", ["/", f"/{project_settings.ADMIN_URL}"])
def test_token_opens_no_page(staff: User, pair: Pair, page: str) -> None:
    for caller in (Client(), signed_in_browser(staff)):
        response = caller.get(page, headers=bearer(pair))
        assert response.status_code == 302
        assert "login" in response["Location"]
    assert caller.get(page).status_code == 200


@pytest.mark.parametrize("url", [ME, TOKEN, "/", "/accounts/login/"])
def test_two_users_in_one_request_are_refused(browser: Client, other: User, url: str) -> None:
    others = sign_in(other)

    for method in (browser.get, browser.post):
        response = method(url, headers=bearer(others))
        assert (response.status_code, response["WWW-Authenticate"]) == (401, REALM)
        assert response.json()["code"] == "credential_conflict"
    assert shows_home(browser)
    assert accepts_access(others)


@pytest.mark.parametrize(
    ("header", "status"),
    [
        *((each, 302) for each in ("Bearer x", "Bearer", "BEARER\tx", "Basic eDp5,Bearer x")),
        *((each, 200) for each in ("Basic eDp5", "Digest x", "nonsense", "")),
    ],
)
def test_session_counts_on_pages_unless_the_header_is_for_a_bearer_token(
    browser: Client, header: str, status: int
) -> None:
    """E02: behind HTTP Basic, browsers send the header with every request."""
    sent = {"Authorization": header}

    assert browser.get("/", headers=sent).status_code == status
    assert Client().get("/", headers=sent).status_code == 302
    response = browser.get(ME, headers=sent)
    assert response.status_code == 401
    assert response["WWW-Authenticate"].startswith("Bearer")


def test_ignored_scheme_is_logged_once_without_the_credential(
    browser: Client, caplog: pytest.LogCaptureFixture
) -> None:
    """E02: one line says why; a header without a scheme is all credential."""
    log_ignored.cache_clear()
    with caplog.at_level(logging.INFO):
        for header in ("Basic c2VjcmV0", "Basic c2VjcmV0", "secret"):
            browser.get("/", headers={"Authorization": header})

    lines = [r.getMessage() for r in caplog.records if "authorization_ignored" in r.getMessage()]
    assert len(lines) == 2
    assert "'basic'" in lines[0]
    assert "secret" not in caplog.text
    assert "c2VjcmV0" not in caplog.text


def test_revoked_credential_of_another_user_is_no_conflict(
    user: User, browser: Client, other: User
) -> None:
    revoked = sign_in(other)
    Client().post(REVOKE, {"refresh": revoked["refresh"]}, content_type=JSON)
    response = browser.get(ME, headers=bearer(revoked))
    assert (response.status_code, response.json()["code"]) == (401, "token_not_valid")

    user.is_active = False
    user.save()
    response = browser.get(ME, headers=bearer(sign_in(other)))
    assert response.json()["email"] == other.email


def test_api_sets_no_cookie_and_starts_no_session(browser: Client, other: User) -> None:
    body = {"email": other.email, "password": PASSWORD}
    for caller in (Client(), browser):
        response = caller.post(TOKEN, body, content_type=JSON)
        assert response.status_code == 200
        assert not response.cookies
    assert b"ada@example.com" in browser.get("/accounts/profile/").content


@pytest.mark.parametrize("url", ["/api/schema/", "/api/docs/", "/api/docs/?script="])
def test_documents_of_the_api_are_shown_to_staff_alone(staff: User, other: User, url: str) -> None:
    browser, own = signed_in_browser(staff), bearer(sign_in(staff))

    assert browser.get(url).status_code == 200
    assert browser.get(url, headers=own).status_code == 200
    assert browser.get(url, headers={"Authorization": "Bearer nonsense"}).status_code == 401
    assert signed_in_browser(other).get(url).status_code == 403
    response = Client().get(url)
    assert (response.status_code, response["WWW-Authenticate"]) == (401, REALM)


class OwnApiView(APIView):
    """A view of a team, which asks both ways."""

    def get(self, request: Request) -> Response:
        user = async_to_sync(request.auser)()
        return Response({"found": [user.pk, request.user.pk]})


def other_framework(request: HttpRequest) -> HttpResponse:
    """Authenticate as django-ninja does, inside the view."""
    found = BearerAuthentication().authenticate(request)  # type: ignore[arg-type]  # it reads META alone
    assert found is not None
    return HttpResponse(str(found[0].pk))


class Urls:
    """The project's URLs and those of the team."""

    urlpatterns = (
        path("api/own/", OwnApiView.as_view()),
        path("api/ninja/", other_framework),
        path("ninja/", other_framework),
        *urls.urlpatterns,
    )


@pytest.fixture
def own_urls(settings: Settings) -> None:
    settings.ROOT_URLCONF = Urls


def test_asynchronous_code_of_the_api_finds_the_user_of_the_token(
    own_urls: None, user: User, browser: Client, pair: Pair
) -> None:
    """A09: DRF sets `request.user` alone."""
    for caller in (browser, Client()):
        response = caller.get("/api/own/", headers=bearer(pair))
        assert response.json()["found"] == [str(user.pk)] * 2


def test_bearer_token_opens_the_api_of_another_framework(
    own_urls: None, user: User, pair: Pair
) -> None:
    """F06: it was sent to the login page; pages stay with the session."""
    assert Client().get("/api/ninja/", headers=bearer(pair)).content.decode() == str(user.pk)
    for header in ("Bearer nonsense", "Basic eDp5", ""):
        response = Client().get("/api/ninja/", headers={"Authorization": header})
        assert (response.status_code, response["WWW-Authenticate"]) == (401, REALM)
    assert Client().get("/ninja/", headers=bearer(pair)).status_code == 302
