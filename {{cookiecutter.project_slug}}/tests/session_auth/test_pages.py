import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts import email_links
from accounts.models import User
from accounts.services import verification
from tests.conftest import PASSWORD
from tests.session_auth.conftest import (
    LOGIN,
    NEW,
    change_email,
    change_password,
    is_signed_in,
    link_in_mail,
    log_in,
    open_reset_form,
    request_reset,
    reset_password,
)


@pytest.mark.parametrize(
    "name",
    [
        *("home", "profile", "sign_ins", "password_change", "password_change_done"),
        *("email_change", "revoke_all_sign_ins"),
    ],
)
def test_page_of_an_account_requires_a_sign_in(name: str, db: None) -> None:
    path = reverse(name)
    assert Client().post(path)["Location"] == f"{LOGIN}?next={path}"


@pytest.mark.parametrize("path", ["/", LOGIN])
def test_unknown_method_is_refused(client: Client, path: str) -> None:
    response = client.generic("FOO", path)
    assert response.status_code == 405
    assert "GET" in response["Allow"]


def test_home_page_greets_its_user(browser: Client) -> None:
    page = browser.get("/").content.decode()
    assert "Ada" in page
    assert "Administration" not in page


def test_changed_password_keeps_this_browser_and_ends_the_others(user: User) -> None:
    here, there = log_in(user), log_in(user)

    done = change_password(here)["Location"]

    assert done == reverse("password_change_done")
    assert here.get(done).status_code == 200
    assert (is_signed_in(here), is_signed_in(there)) == (True, False)
    assert is_signed_in(log_in(user, NEW))


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
    request_reset(user.email)
    browser, form = open_reset_form()
    genuine = email_links.use_up

    def after_another(*arguments: object, **options: object) -> None:
        User.objects.update(reset_requested_at=None)
        genuine(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(email_links, "use_up", after_another)

    assert b"no longer valid" in reset_password(browser, form).content
    assert User.objects.get().check_password(PASSWORD)


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
    [
        "a@" + "\ufdfa" * 20 + ".org",
        "alice@exam\u200bple.org",
        "a@evil\uff20example.org",
        "a\0@example.org",
        "a@[::1]",
        "x" * 10_000 + "@example.org",
    ],
    ids=lambda typed: ascii(typed)[:24],
)
def test_what_is_not_an_email_address_is_refused_on_every_page(
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
