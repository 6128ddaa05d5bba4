"""Paths below `/api/` are for programs, which no page helps."""

import pytest
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from pytest_django import Settings

from config import urls


def plain(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"user {request.user}")


@login_not_required
def public(_: HttpRequest) -> HttpResponse:
    return HttpResponse("public")


# Views such as a team writes, or another framework makes.
urlpatterns = [
    path("api/v2/things/", plain),
    path("things/", plain),
    path("hook/", public),
    *urls.urlpatterns,
]


@pytest.fixture(autouse=True)
def _own_views(settings: Settings) -> None:
    settings.ROOT_URLCONF = __name__


def test_api_path_is_not_redirected_to_the_login_page(browser: Client) -> None:
    """F06: a program gets 401 and JSON, a page the login page."""
    anonymous = Client()

    response = anonymous.get("/api/v2/things/")

    assert (response.status_code, response.json()["code"]) == (401, "not_authenticated")
    assert response["WWW-Authenticate"]
    assert anonymous.get("/things/")["Location"].startswith("/accounts/login/")
    assert browser.get("/api/v2/things/").content == b"user ada@example.com"


def test_webhook_that_is_marked_needs_no_sign_in(db: None) -> None:
    """F06: what the documents name for a payment service."""
    response = Client().post("/hook/")

    assert (response.status_code, response.content) == (200, b"public")
