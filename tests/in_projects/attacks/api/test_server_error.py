"""W17: unexpected errors of the API."""

import pytest
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path as url

from config import urls


@login_not_required
def fail(_: HttpRequest) -> HttpResponse:
    raise RuntimeError("SELECT secret FROM settings")


urlpatterns = [*urls.urlpatterns, url("api/fault/", fail)]
handler500 = urls.handler500


@pytest.mark.urls(__name__)
def test_w17_server_error_reveals_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """W17, ASVS 16.5.1, 16.5.4: only the log contains the exception."""
    response = Client(raise_request_exception=False).get("/api/fault/?token=secret-in-a-query")

    assert response.status_code == 500
    assert response.json() == {
        "detail": "An error occurred on our side. Try again in a few minutes.",
        "code": "error",
    }
    assert "no-store" in response["Cache-Control"]
    assert response["X-Frame-Options"] == "DENY"
    assert "SELECT secret FROM settings" in caplog.text
    assert "secret-in-a-query" not in caplog.text
