"""Pages for visitors and users, and the errors that they report."""

import re
from collections.abc import Callable
from typing import Any
from unittest.mock import Mock

import pytest
from django.conf import settings
from django.contrib.admin import site
from django.contrib.auth.decorators import permission_required
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import path, reverse
from django.utils.html import escape
from pytest_django import Settings

from accounts import email_links
from accounts.models import User
from accounts.services import passwords, rate_limits, verification
from config import urls
from tests.conftest import PASSWORD, UnreachableCache
from tests.session_auth import conftest as pages
from tests.session_auth.conftest import is_signed_in, log_in

REAUTHENTICATE = "/accounts/reauthenticate/"
LIMIT, SECONDS = settings.RATE_LIMITS["account_and_ip"]


@pytest.mark.parametrize("path", ["/", pages.LOGIN])
def test_unknown_method_is_refused(client: Client, path: str) -> None:
    response = client.generic("FOO", path)
    assert response.status_code == 405
    assert "GET" in response["Allow"]


def test_valid_credentials_open_the_home_page(user: User) -> None:
    browser = Client()
    assert escape(settings.BRAND["name"]) in browser.get(pages.LOGIN).content.decode()

    response = browser.post(pages.LOGIN, {"username": "ADA@example.com", "password": PASSWORD})

    assert (response.status_code, response["Location"]) == (302, "/")
    page = browser.get("/").content.decode()
    assert "Ada" in page
    assert "Administration" not in page


@pytest.mark.parametrize("form", [{}, {"username": "ada@example.com"}, {"password": PASSWORD}])
def test_both_fields_are_required_to_sign_in(db: None, form: dict[str, str]) -> None:
    errors = Client().post(pages.LOGIN, form).context["form"].errors
    assert errors.keys() == {"username", "password"} - form.keys()


def test_password_managers_are_led_to_the_page(db: None) -> None:
    response = Client().get("/.well-known/change-password")
    assert response["Location"] == reverse("password_change")


def test_forgotten_password_is_reset_by_email(user: User) -> None:
    signed_in = log_in(user)
    asked = pages.request_reset("ADA@example.com")
    assert asked["Location"] == reverse("password_reset_done")
    assert Client().get(asked["Location"]).status_code == 200
    link = pages.link_in_mail()

    browser, form = pages.open_reset_form()
    done = pages.reset_password(browser, form)["Location"]

    assert done == reverse("password_reset_complete")
    assert browser.get(done).status_code == 200
    assert (is_signed_in(browser), is_signed_in(signed_in)) == (False, False)
    assert is_signed_in(log_in(user, pages.NEW))
    assert b"no longer valid" in Client().get(link).content


def test_reset_form_of_a_link_that_was_used_meanwhile_is_refused(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages.request_reset(user.email)
    monkeypatch.setattr(passwords, "reset", Mock(side_effect=email_links.InvalidLinkError))

    assert b"no longer valid" in pages.reset_password(*pages.open_reset_form()).content


def test_verification_link_confirms_once_and_only_by_its_button(db: None) -> None:
    grace = User.objects.create_user("grace@example.com", PASSWORD)
    verification.send_link(grace)
    link = pages.link_in_mail()
    assert Client().get(link).status_code == 200
    assert not is_signed_in(log_in(grace))
    assert Client().post(link)["Location"] == pages.LOGIN
    assert is_signed_in(log_in(grace))
    for used in (Client().get(link), Client().post(link)):
        assert used.status_code == 400
        assert b"no longer valid" in used.content


def test_text_that_is_no_email_address_is_refused_on_every_page(browser: Client) -> None:
    """C01, C02, C04."""
    typed = "alice@exam\u200bple.org"
    for page in (pages.request_reset(typed), pages.change_email(browser, email=typed)):
        assert list(page.context["form"].errors) == ["email"]
    page = Client().post(pages.LOGIN, {"username": typed, "password": PASSWORD})
    assert page.context["form"].errors
    assert mail.outbox == []


def test_signed_in_user_is_led_away_from_the_sign_in_page(browser: Client) -> None:
    for given, target in (
        ({}, "/"),
        ({"next": pages.LOGIN}, "/"),
        ({"next": "https://evil.example/"}, "/"),
        ({"next": "/accounts/profile/"}, "/accounts/profile/"),
    ):
        assert browser.get(pages.LOGIN, given)["Location"] == target
    assert Client().get(pages.LOGIN).status_code == 200


@permission_required("accounts.delete_user")
def for_some(_: HttpRequest) -> HttpResponse:
    """Return a page that sends users without a permission to the sign-in page, as Django does."""
    return HttpResponse("seen")


urlpatterns = [path("for-some/", for_some), *urls.urlpatterns]


@pytest.mark.urls(__name__)
def test_page_that_a_user_may_not_see_does_not_send_them_round_in_circles(
    browser: Client, desk: Client, user: User
) -> None:
    page = browser.get("/for-some/")
    for _ in range(3):
        page = browser.get(page["Location"])

    assert page.status_code == 403
    assert user.email in page.content.decode()
    assert desk.get("/for-some/").content == b"seen"


def test_brand_is_on_pages(db: None, settings: Settings) -> None:
    settings.BRAND = settings.BRAND | {"name": "Sea & Shore", "color": "#123456", "logo": ""}
    page = Client().get(pages.LOGIN).text
    assert "Sea &amp; Shore" in page
    assert "#123456" in Client().get(reverse("brand_css")).text


def sign_in(_: Client, password: str) -> Any:
    return Client().post(pages.LOGIN, {"username": "ada@example.com", "password": password})


@pytest.mark.parametrize(
    "enter",
    [
        sign_in,
        lambda browser, password: pages.change_password(browser, old_password=password),
        lambda browser, password: pages.change_email(browser, password=password),
        lambda browser, password: browser.post(REAUTHENTICATE, {"password": password}),
    ],
    ids=["sign in", "change the password", "change the email", "reauthenticate"],
)
@pytest.mark.parametrize(("failures", "status"), [(LIMIT - 1, 302), (LIMIT, 429)])
def test_correct_password_is_refused_after_the_limit(
    browser: Client, enter: Callable[[Client, str], Any], failures: int, status: int
) -> None:
    for _ in range(failures):
        assert enter(browser, "wrong").status_code == 200

    response = enter(browser, PASSWORD)

    assert response.status_code == status
    assert is_signed_in(browser)
    if status == 429:
        assert 0 < int(response["Retry-After"]) <= SECONDS
        assert "Too many attempts" in response.content.decode()


def test_unreachable_cache_is_reported_as_unavailable(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rate_limits, "cache", UnreachableCache())

    response = sign_in(browser, PASSWORD)

    assert (response.status_code, response["Retry-After"]) == (429, "30")
    page = response.content.decode()
    assert "Temporarily unavailable" in page
    assert "Try again in 1 minute." in page
    assert not re.search("(?i)too many|password", page)
    monkeypatch.undo()
    assert sign_in(browser, PASSWORD).status_code == 302


def test_user_deleted_during_a_request_is_sent_to_sign_in(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    genuine = User.save

    def save_too_late(user: User, *arguments: Any, **options: Any) -> None:
        User.objects.filter(pk=user.pk).delete()
        genuine(user, *arguments, **options)

    monkeypatch.setattr(User, "save", save_too_late)

    response = browser.post("/accounts/profile/", {"name": "Countess"})

    assert response["Location"].startswith(pages.LOGIN)
    assert not is_signed_in(browser)
    assert not User.objects.exists()


def test_admin_view_reports_a_malformed_id_as_not_found(staff: User, rf: RequestFactory) -> None:
    """D03: older versions of Django raise this in a view of their own."""
    request = rf.get(pages.ADMIN)
    request.user = staff
    view = Mock(side_effect=ValidationError("not a UUID"))

    with pytest.raises(Http404):
        site.admin_view(view)(request)


@pytest.mark.parametrize("error", [RuntimeError, DatabaseError])
def test_another_error_is_a_server_error(
    browser: Client, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    monkeypatch.setattr(passwords, "request_reset", Mock(side_effect=error))

    for client in (browser, Client()):
        client.raise_request_exception = False
        response = client.post("/accounts/password_reset/", {"email": "ada@example.com"})
        assert response.status_code == 500
