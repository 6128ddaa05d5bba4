"""Errors have the form of their place: pages for browsers, JSON for the API."""

import pytest
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from config import urls
from config.urls import handler400, handler403, handler404, handler500  # noqa: F401 - Django's

HTML, JSON = "text/html; charset=utf-8", "application/json"
ERRORS = {400: BadRequest, 403: PermissionDenied, 404: Http404, 500: RuntimeError}


@login_not_required
def fail(_: HttpRequest, status: int) -> HttpResponse:
    raise ERRORS[status]("secret")


urlpatterns = [
    path("errors/<int:status>/", fail),
    path("api/errors/<int:status>/", fail),
    *urls.urlpatterns,
]


@pytest.mark.urls(__name__)
@pytest.mark.parametrize(
    ("url", "status", "content_type"),
    [
        *((f"/errors/{status}/", status, HTML) for status in ERRORS),
        *((f"/api/errors/{status}/", status, JSON) for status in ERRORS),
        *(("/apis/", 404, HTML), ("/api", 404, HTML), ("/api/", 404, JSON)),
    ],
)
def test_error_has_the_form_of_its_place(url: str, status: int, content_type: str) -> None:
    response = Client(raise_request_exception=False).get(url)

    assert (response.status_code, response["Content-Type"]) == (status, content_type)
    assert b"secret" not in response.content
