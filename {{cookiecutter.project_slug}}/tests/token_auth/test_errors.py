"""Error responses, in views and outside of them."""

import pytest
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import User
from config import urls
from config.urls import handler400, handler403, handler404, handler500  # noqa: F401 - Django's
from tests.token_auth.api import CREDENTIALS, ME, REFRESH, REVOKE, TOKEN
from token_auth.views import MeView

JSON = "application/json"
ERRORS = {
    "400": BadRequest("secret"),
    "403": PermissionDenied("secret"),
    "404": Http404("secret"),
    "500": RuntimeError("secret"),
}


@login_not_required
def fail(_: HttpRequest, error: str) -> HttpResponse:
    raise ERRORS[error]


urlpatterns = [*urls.urlpatterns, path("api/errors/<str:error>/", fail)]


@pytest.mark.urls(__name__)
@pytest.mark.parametrize(
    ("error", "code"),
    [("400", "bad_request"), ("403", "permission_denied"), ("404", "not_found"), ("500", "error")],
)
def test_an_error_outside_the_api_framework_is_reported_in_json(error: str, code: str) -> None:
    response = APIClient(raise_request_exception=False).get(f"/api/errors/{error}/")

    assert (response.status_code, response["Content-Type"]) == (int(error), JSON)
    assert set(response.json()) == {"detail", "code"}
    assert response.json()["code"] == code
    assert b"secret" not in response.content


def test_a_server_error_in_a_view_reveals_nothing(
    signed_in: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: MeView) -> None:
        raise ERRORS["500"]

    monkeypatch.setattr(MeView, "get_object", broken)
    signed_in.raise_request_exception = False

    response = signed_in.get(ME)

    detail = "An error occurred on our side. Try again in a few minutes."
    assert (response.status_code, response.json()) == (500, {"detail": detail, "code": "error"})


def test_a_refused_token_and_a_foreign_host_are_reported_in_one_sentence(api: APIClient) -> None:
    response = api.get(ME, headers={"Authorization": "Bearer nonsense"})
    detail = "Given token not valid for any token type"
    assert response.json() == {"detail": detail, "code": "token_not_valid"}

    response = api.get(ME, headers={"Host": "evil.example"})
    assert (response.status_code, response.json()["code"]) == (400, "bad_request")
    assert b"evil" not in response.content


@pytest.mark.parametrize("debug", [False, True])
@pytest.mark.parametrize("method", ["GET", "POST", "PATCH"])
def test_a_path_without_its_slash_is_not_found_and_the_correct_path_is_named(
    api: APIClient, settings: Settings, method: str, debug: bool
) -> None:
    """E06: a redirect turns a POST request into a GET request, and development fails."""
    settings.DEBUG = debug
    for address in (TOKEN, ME):
        response = api.generic(method, f"{address[:-1]}?a=b", "{}", content_type=JSON)

        assert (response.status_code, response.json()["code"]) == (404, "not_found")
        assert response["Content-Type"] == JSON
        assert f" {address}" in response.json()["detail"]


def test_the_correct_path_is_named_below_the_prefix_of_the_service(api: APIClient) -> None:
    """E05, E06."""
    response = api.get("/api/auth/me", SCRIPT_NAME="/shop")

    assert "/shop/api/auth/me/" in response.json()["detail"]


@pytest.mark.parametrize("address", ["/api/nothing", "/api/nothing/", "/api/auth//me"])
def test_an_unknown_path_is_not_found_and_names_no_other(api: APIClient, address: str) -> None:
    """E06."""
    response = api.get(address)

    assert (response.status_code, response.json()["code"]) == (404, "not_found")
    assert b"slash" not in response.content


@pytest.mark.parametrize("address", [TOKEN, REFRESH, REVOKE, ME, "/.well-known/jwks.json"])
def test_a_request_over_plain_http_is_refused_and_other_paths_are_redirected(
    user: User, api: APIClient, settings: Settings, address: str
) -> None:
    settings.SECURE_SSL_REDIRECT = True

    for method in ("GET", "POST"):
        response = api.generic(method, address, "{}", content_type=JSON)
        assert (response.status_code, response.json()["code"]) == (403, "https_required")
        assert "Strict-Transport-Security" not in response
        assert "Location" not in response
    assert api.post(TOKEN, CREDENTIALS, secure=True).status_code == 200
    assert api.get("/nothing/")["Location"] == "https://testserver/nothing/"
