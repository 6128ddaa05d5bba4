import pytest
from django.conf import settings
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts import email_links
from accounts.models import User
from accounts.services import passwords, verification
from tests.conftest import PASSWORD
from tests.session_auth.conftest import (
    LOGIN,
    NEW,
    change_email,
    is_signed_in,
    link_in_mail,
    log_in,
    open_reset_form,
    request_reset,
    reset_password,
)


@pytest.mark.parametrize("path", ["/", LOGIN])
def test_unknown_method_is_refused(client: Client, path: str) -> None:
    response = client.generic("FOO", path)
    assert response.status_code == 405
    assert "GET" in response["Allow"]


def test_valid_credentials_open_the_home_page(user: User) -> None:
    browser = Client()
    assert settings.SITE_NAME in browser.get(LOGIN).content.decode()

    response = browser.post(LOGIN, {"username": "ADA@example.com", "password": PASSWORD})

    assert (response.status_code, response["Location"]) == (302, "/")
    page = browser.get("/").content.decode()
    assert "Ada" in page
    assert "Administration" not in page


@pytest.mark.parametrize("form", [{}, {"username": "ada@example.com"}, {"password": PASSWORD}])
def test_both_fields_are_required_to_sign_in(db: None, form: dict[str, str]) -> None:
    errors = Client().post(LOGIN, form).context["form"].errors
    assert errors.keys() == {"username", "password"} - form.keys()


def test_password_managers_are_led_to_the_page(db: None) -> None:
    response = Client().get("/.well-known/change-password")
    assert response["Location"] == reverse("password_change")


def test_forgotten_password_is_reset_by_email(user: User) -> None:
    signed_in = log_in(user)
    asked = request_reset("ADA@example.com")
    assert asked["Location"] == reverse("password_reset_done")
    assert Client().get(asked["Location"]).status_code == 200
    link = link_in_mail()

    browser, form = open_reset_form()
    done = reset_password(browser, form)["Location"]

    assert done == reverse("password_reset_complete")
    assert browser.get(done).status_code == 200
    assert (is_signed_in(browser), is_signed_in(signed_in)) == (False, False)
    assert is_signed_in(log_in(user, NEW))
    assert b"no longer valid" in Client().get(link).content


def test_reset_form_of_a_link_that_was_used_meanwhile_is_refused(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def used_up(*_: object, **__: object) -> None:
        raise email_links.InvalidLinkError

    request_reset(user.email)
    monkeypatch.setattr(passwords, "reset", used_up)

    assert b"no longer valid" in reset_password(*open_reset_form()).content


def test_verification_link_confirms_once_and_only_by_its_button(db: None) -> None:
    grace = User.objects.create_user("grace@example.com", PASSWORD)
    verification.send_link(grace)
    link = link_in_mail()
    assert Client().get(link).status_code == 200
    assert not is_signed_in(log_in(grace))
    assert Client().post(link)["Location"] == LOGIN
    assert is_signed_in(log_in(grace))
    for used in (Client().get(link), Client().post(link)):
        assert used.status_code == 400
        assert b"no longer valid" in used.content


@pytest.mark.parametrize(
    "typed",
    ["a@" + "\ufdfa" * 20 + ".org", "alice@exam\u200bple.org", "a\0@example.org"],
    ids=ascii,
)
def test_text_that_is_no_email_address_is_refused_on_every_page(
    browser: Client, typed: str
) -> None:
    """C01, C02, C04."""
    for page in (request_reset(typed), change_email(browser, email=typed)):
        assert page.status_code == 200
        assert list(page.context["form"].errors) == ["email"]
    page = Client().post(LOGIN, {"username": typed, "password": PASSWORD})
    assert page.status_code == 200
    assert page.context["form"].errors
    assert mail.outbox == []
