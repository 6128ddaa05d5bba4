"""Pages and API together: one credential for each request, errors in the form of the place."""

import pytest
from django.conf import settings as project_settings
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from accounts.models import User
from config import urls
from config.urls import handler400, handler403, handler404, handler500  # noqa: F401 - Django's
from tests.both.conftest import bearer, signed_in_browser
from tests.conftest import PASSWORD
from tests.token_auth.api import ME, REVOKE, TOKEN, Pair, sign_in
from token_auth.authentication import BearerAuthentication

HTML, JSON = "text/html; charset=utf-8", "application/json"
REALM = 'Bearer realm="api"'


def other_framework(request: HttpRequest) -> HttpResponse:
    """Authenticate as django-ninja does, inside the view."""
    found = BearerAuthentication().authenticate(request)  # type: ignore[arg-type]  # it reads META alone
    assert found is not None
    return HttpResponse(str(found[0].pk))


urlpatterns = [
    path("api/ninja/", other_framework),
    path("ninja/", other_framework),
    *urls.urlpatterns,
]


@pytest.mark.parametrize("page", ["/", f"/{project_settings.ADMIN_URL}"])
def test_token_opens_no_page(staff: User, pair: Pair, page: str) -> None:
    for caller in (Client(), signed_in_browser(staff)):
        response = caller.get(page, headers=bearer(pair))
        assert response.status_code == 302
        assert "login" in response["Location"]
    assert caller.get(page).status_code == 200


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


@pytest.mark.urls(__name__)
def test_bearer_token_opens_the_api_of_another_framework(user: User, pair: Pair) -> None:
    """F06: it was sent to the login page; pages stay with the session."""
    assert Client().get("/api/ninja/", headers=bearer(pair)).content.decode() == str(user.pk)
    for header in ("Bearer nonsense", "Basic eDp5", ""):
        response = Client().get("/api/ninja/", headers={"Authorization": header})
        assert (response.status_code, response["WWW-Authenticate"]) == (401, REALM)
    assert Client().get("/ninja/", headers=bearer(pair)).status_code == 302
