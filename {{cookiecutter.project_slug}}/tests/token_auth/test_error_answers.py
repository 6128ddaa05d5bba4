import pytest
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from rest_framework.test import APIClient

from accounts.models import User
from config import urls
from config.urls import handler400, handler403, handler404, handler500  # noqa: F401 - Django's
from tests.token_auth.api import ME, client, sign_in
from token_auth.views import MeView

FAULTS = {
    "400": BadRequest("secret"),
    "403": PermissionDenied("secret"),
    "404": Http404("secret"),
    "500": RuntimeError("secret"),
}


@login_not_required
def fail(_: HttpRequest, fault: str) -> HttpResponse:
    raise FAULTS[fault]


urlpatterns = [*urls.urlpatterns, path("api/faults/<str:fault>/", fail)]


@pytest.mark.urls(__name__)
@pytest.mark.parametrize(
    ("fault", "code"),
    [("400", "bad_request"), ("403", "permission_denied"), ("404", "not_found"), ("500", "error")],
)
def test_a_fault_outside_the_api_framework_is_answered_in_json(fault: str, code: str) -> None:
    api = APIClient(raise_request_exception=False)

    response = api.get(f"/api/faults/{fault}/")

    assert response.status_code == int(fault)
    assert response["Content-Type"] == "application/json"
    assert set(response.json()) == {"detail", "code"}
    assert response.json()["code"] == code
    assert b"secret" not in response.content


def test_a_host_that_is_not_ours_is_refused(api: APIClient) -> None:
    response = api.get(ME, HTTP_HOST="evil.example")

    assert (response.status_code, response.json()["code"]) == (400, "bad_request")
    assert b"evil" not in response.content


@pytest.mark.parametrize("path", ["/api/", "/api/nothing/", "/api/auth/", "/api/auth/users/1/"])
def test_there_is_nothing_here(api: APIClient, path: str) -> None:
    response = api.get(path)

    assert (response.status_code, response.json()["code"]) == (404, "not_found")


def test_what_went_wrong_inside_stays_inside(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: MeView) -> None:
        message = "password=hunter2"
        raise RuntimeError(message)

    monkeypatch.setattr(MeView, "get_object", broken)
    caller = client(sign_in(user)["access"])
    caller.raise_request_exception = False

    response = caller.get(ME)

    assert response.status_code == 500
    assert response.json() == {
        "detail": "An error occurred on our side. Try again in a few minutes.",
        "code": "error",
    }


def test_a_refused_token_is_explained_in_one_sentence(api: APIClient) -> None:
    response = api.get(ME, HTTP_AUTHORIZATION="Bearer nonsense")

    assert response.json() == {
        "detail": "Given token not valid for any token type",
        "code": "token_not_valid",
    }
