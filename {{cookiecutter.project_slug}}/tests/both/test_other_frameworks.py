"""Views of other frameworks below `/api/`, opened by our tokens."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from pytest_django import Settings

from accounts.models import User
from tests.token_auth.api import sign_in
from token_auth.authentication import BearerAuthentication


def view(request: HttpRequest) -> HttpResponse:
    """Authenticate as django-ninja does, inside the view."""
    found = BearerAuthentication().authenticate(request)  # type: ignore[arg-type]  # it reads META alone
    assert found is not None
    return HttpResponse(str(found[0].pk))


urlpatterns = [path("api/v2/me/", view), path("pages/me/", view)]


@pytest.fixture(autouse=True)
def _own_views(settings: Settings) -> None:
    settings.ROOT_URLCONF = __name__


def test_bearer_token_opens_the_view_of_another_framework(user: User) -> None:
    """F06: it was sent to the login page."""
    sent = {"Authorization": f"Bearer {sign_in(user)['access']}"}

    response = Client().get("/api/v2/me/", headers=sent)

    assert response.content.decode() == str(user.pk)


@pytest.mark.parametrize("header", ["Bearer nonsense", "Basic eDp5", ""])
def test_other_credentials_get_401_and_no_redirect(db: None, header: str) -> None:
    """F06: the attack on the same view."""
    response = Client().get("/api/v2/me/", headers={"Authorization": header})

    assert response.status_code == 401
    assert response["WWW-Authenticate"] == 'Bearer realm="api"'


def test_bearer_token_opens_no_page(user: User, settings: Settings) -> None:
    """F06: pages stay with the session."""
    settings.LOGIN_URL = "/accounts/login/"
    sent = {"Authorization": f"Bearer {sign_in(user)['access']}"}

    assert Client().get("/pages/me/", headers=sent).status_code == 302
