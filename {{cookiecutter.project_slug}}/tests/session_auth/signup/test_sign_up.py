import re

import pytest
from django.core import mail
from django.test import Client

from accounts.models import User
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
