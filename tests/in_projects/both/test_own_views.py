"""Code of teams and proxies that sends or reads other credentials than ours."""

import logging

import pytest
from asgiref.sync import async_to_sync
from django.test import Client
from django.urls import path
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from config import urls
from tests.both.conftest import bearer, signed_in_browser
from tests.token_auth.api import Pair, sign_in
from token_auth.with_sessions.middleware import log_ignored


class OwnApiView(APIView):
    """A view of a team, which asks both ways."""

    def get(self, request: Request) -> Response:
        user = async_to_sync(request.auser)()
        return Response({"found": [user.pk, request.user.pk]})


urlpatterns = [path("api/own/", OwnApiView.as_view()), *urls.urlpatterns]


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


@pytest.mark.urls(__name__)
def test_asynchronous_code_of_the_api_finds_the_user_of_the_token(
    user: User, browser: Client, pair: Pair
) -> None:
    """A09: DRF sets `request.user` alone."""
    for caller in (browser, Client()):
        response = caller.get("/api/own/", headers=bearer(pair))
        assert response.json()["found"] == [str(user.pk)] * 2


@pytest.mark.parametrize("url", ["/api/schema/", "/api/docs/", "/api/docs/?script="])
def test_documents_of_the_api_are_shown_to_staff_alone(staff: User, other: User, url: str) -> None:
    browser, own = signed_in_browser(staff), bearer(sign_in(staff))

    assert browser.get(url).status_code == 200
    assert browser.get(url, headers=own).status_code == 200
    assert browser.get(url, headers={"Authorization": "Bearer nonsense"}).status_code == 401
    assert signed_in_browser(other).get(url).status_code == 403
    response = Client().get(url)
    assert (response.status_code, response["WWW-Authenticate"]) == (401, 'Bearer realm="api"')
