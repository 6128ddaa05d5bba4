"""Error responses, in views and outside of them."""

import pytest
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from pytest_django import Settings
from rest_framework.test import APIClient

from config import urls
from config.urls import handler400, handler403, handler404, handler500  # noqa: F401 - Django's
from tests.token_auth.api import ME, REFRESH, TOKEN

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


def test_a_refused_token_is_explained_in_one_sentence(api: APIClient) -> None:
    response = api.get(ME, headers={"Authorization": "Bearer nonsense"})
    detail = "Given token not valid for any token type"
    assert response.json() == {"detail": detail, "code": "token_not_valid"}


@pytest.mark.parametrize("debug", [False, True])
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("prefix", ["", "/shop"])
def test_a_path_without_its_slash_is_not_found_and_the_correct_path_is_named(
    api: APIClient, settings: Settings, method: str, debug: bool, prefix: str
) -> None:
    """E05, E06: a redirect turns a POST request into a GET request, and development fails."""
    settings.DEBUG = debug

    response = api.generic(
        method, f"{TOKEN[:-1]}?a=b", "{}", content_type=JSON, SCRIPT_NAME=prefix
    )

    assert (response.status_code, response.json()["code"]) == (404, "not_found")
    assert response["Content-Type"] == JSON
    assert f" {prefix}{TOKEN}" in response.json()["detail"]


@pytest.mark.parametrize("address", ["/api/nothing", "/api/nothing/", "/api/auth//me"])
def test_an_unknown_path_is_not_found_and_names_no_other(api: APIClient, address: str) -> None:
    """E06."""
    response = api.get(address)

    assert (response.status_code, response.json()["code"]) == (404, "not_found")
    assert b"slash" not in response.content


@pytest.mark.parametrize("address", [TOKEN, REFRESH, ME, "/.well-known/jwks.json"])
def test_a_request_over_plain_http_is_refused_and_other_paths_are_redirected(
    db: None, api: APIClient, settings: Settings, address: str
) -> None:
    settings.SECURE_SSL_REDIRECT = True

    for method in ("GET", "POST"):
        response = api.generic(method, address, "{}", content_type=JSON)
        assert (response.status_code, response.json()["code"]) == (403, "https_required")
        assert "Strict-Transport-Security" not in response
        assert "Location" not in response
    assert api.post(address, {}, secure=True).status_code != 403
    assert api.get("/nothing/")["Location"] == "https://testserver/nothing/"
