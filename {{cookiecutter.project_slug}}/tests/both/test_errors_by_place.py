"""The same fault is a page below `/` and JSON below `/api/`."""

import pytest
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from config import urls
from config.urls import handler400, handler403, handler404, handler500  # noqa: F401 - Django's

FAULTS = {
    "400": BadRequest("secret"),
    "403": PermissionDenied("secret"),
    "404": Http404("secret"),
    "500": RuntimeError("secret"),
}


@login_not_required
def fail(_: HttpRequest, fault: str) -> HttpResponse:
    raise FAULTS[fault]


urlpatterns = [
    *urls.urlpatterns,
    path("faults/<str:fault>/", fail),
    path("api/faults/<str:fault>/", fail),
]


@pytest.mark.urls(__name__)
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize(
    ("prefix", "content_type"),
    [("/", "text/html; charset=utf-8"), ("/api/", "application/json")],
)
def test_a_fault_is_told_in_the_form_of_its_place(
    fault: str, prefix: str, content_type: str
) -> None:
    client = Client(raise_request_exception=False)

    response = client.get(f"{prefix}faults/{fault}/")

    assert response.status_code == int(fault)
    assert response["Content-Type"].startswith(content_type.partition(";")[0])
    assert b"secret" not in response.content


@pytest.mark.parametrize("address", ["/nothing/", "/apis/", "/api"])
def test_a_missing_page_is_a_page(client: Client, address: str) -> None:
    response = client.get(address)

    assert response.status_code == 404
    assert response["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("address", ["/api/", "/api/nothing/", "/api/auth/"])
def test_a_missing_call_is_json(client: Client, address: str) -> None:
    response = client.get(address)

    assert response.status_code == 404
    assert response.json()["code"] == "not_found"


def test_a_host_that_is_not_ours_is_refused_on_a_page(client: Client) -> None:
    response = client.get("/accounts/login/", headers={"Host": "evil.example"})

    assert response.status_code == 400
    assert response["Content-Type"].startswith("text/html")
    assert b"evil" not in response.content
