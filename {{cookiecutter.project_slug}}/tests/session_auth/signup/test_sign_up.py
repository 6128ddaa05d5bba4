import re

import pytest
from django.core import mail
from django.test import Client

from accounts.models import User
from session_auth.signup.forms import SignUpForm
from tests.conftest import PASSWORD
from tests.session_auth.conftest import SignIn, is_signed_in

PATH = "/accounts/signup/"


def test_a_visitor_becomes_a_user(sign_in: SignIn) -> None:
    form = {"email": "Grace@example.com", "name": "Grace", "password": PASSWORD}
    page = Client().post(PATH, form, follow=True)
    assert page.redirect_chain == [("/accounts/login/", 302)]
    assert b"follow the link that we sent to" in page.content
    grace = User.objects.get()
    assert not is_signed_in(sign_in(grace))
    link = re.search(r"https://testserver(/\S+)", str(mail.outbox[-1].body))
    assert link
    Client().post(link[1])
    assert is_signed_in(sign_in(grace))


def test_a_taken_address_gets_the_same_answer(user: User) -> None:
    answers = []
    for email in (user.email, "new@example.com"):
        page = Client().post(PATH, {"email": email, "password": PASSWORD}, follow=True)
        text = page.content.decode().replace(email, "")
        answers.append(re.sub(r'value="\w+"', "", text))
    assert answers[0] == answers[1]


@pytest.mark.parametrize(
    "change",
    [
        {"email": ""},
        {"email": "nonsense"},
        {"email": "a@" + "\ufdfa" * 20 + ".org"},
        {"email": "alice@exam\u200bple.org"},
        {"email": "a@evil\uff20example.org"},
        {"email": "a@[127.0.0.1]"},
        {"email": "x" * 10_000 + "@example.com"},
        {"password": ""},
        {"password": "short"},
        {"password": "x" * 129},
        {"password": "grace.hopper.of.the.navy", "name": "grace hopper of the navy"},
    ],
)
def test_a_bad_form_opens_no_account(db: None, change: dict[str, str]) -> None:
    form = {"email": "grace@example.com", "name": "", "password": PASSWORD} | change
    response = Client().post(PATH, form)
    assert response.status_code == 200
    assert b"There is a problem" in response.content
    assert not User.objects.exists()


def test_a_form_opens_a_plain_account_only(db: None) -> None:
    form = {"email": "grace@example.com", "password": PASSWORD, "is_staff": "on", "is_active": ""}
    Client().post(PATH, form)
    user = User.objects.get()
    assert (user.is_staff, user.is_active, user.email_verified_at) == (False, True, None)


def test_the_sign_in_page_leads_here(db: None) -> None:
    assert PATH.encode() in Client().get("/accounts/login/").content


def test_a_form_wants_a_csrf_token(db: None) -> None:
    assert Client(enforce_csrf_checks=True).post(PATH).status_code == 403


def test_another_unique_field_that_is_taken_is_an_error_of_the_form(
    user: User, unique_name: None
) -> None:
    """C07."""
    form = {"email": "grace@example.com", "name": user.name, "password": PASSWORD}
    page = Client().post(PATH, form)
    assert page.status_code == 200
    assert list(page.context["form"].errors) == ["name"]
    assert mail.outbox == []
    assert Client().post(PATH, {**form, "name": "Grace"}).status_code == 302


def test_a_conflict_over_a_field_that_the_form_lacks_is_an_error_of_the_form(
    user: User, unique_name: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """C07."""
    monkeypatch.delitem(SignUpForm.base_fields, "name")
    User.objects.create_user("nameless@example.com", name="")
    page = Client().post(PATH, {"email": "grace@example.com", "password": PASSWORD})
    assert page.status_code == 200
    assert list(page.context["form"].errors) == ["__all__"]
