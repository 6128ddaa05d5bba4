"""Pages and API together: one credential for each request, errors in the form of the place."""

import pytest
from django.conf import settings as project_settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
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
ERRORS = {400: BadRequest, 403: PermissionDenied, 404: Http404, 500: RuntimeError}


@login_not_required
def fail(_: HttpRequest, status: int) -> HttpResponse:
    raise ERRORS[status]("secret")


def other_framework(request: HttpRequest) -> HttpResponse:
    """Authenticate as django-ninja does, inside the view."""
    found = BearerAuthentication().authenticate(request)  # type: ignore[arg-type]  # it reads META alone
    assert found is not None
    return HttpResponse(str(found[0].pk))


urlpatterns = [
    path("errors/<int:status>/", fail),
    path("api/errors/<int:status>/", fail),
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


@pytest.mark.parametrize("url", ["/api/schema/", "/api/docs/", "/api/docs/?script="])
def test_documents_of_the_api_are_shown_to_staff_alone(staff: User, other: User, url: str) -> None:
    browser, own = signed_in_browser(staff), bearer(sign_in(staff))

    assert browser.get(url).status_code == 200
    assert browser.get(url, headers=own).status_code == 200
    assert browser.get(url, headers={"Authorization": "Bearer nonsense"}).status_code == 401
    assert signed_in_browser(other).get(url).status_code == 403
    response = Client().get(url)
    assert (response.status_code, response["WWW-Authenticate"]) == (401, REALM)


@pytest.mark.urls(__name__)
def test_bearer_token_opens_the_api_of_another_framework(user: User, pair: Pair) -> None:
    """F06: it was sent to the login page; pages stay with the session."""
    assert Client().get("/api/ninja/", headers=bearer(pair)).content.decode() == str(user.pk)
    for header in ("Bearer nonsense", "Basic eDp5", ""):
        response = Client().get("/api/ninja/", headers={"Authorization": header})
        assert (response.status_code, response["WWW-Authenticate"]) == (401, REALM)
    assert Client().get("/ninja/", headers=bearer(pair)).status_code == 302


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
