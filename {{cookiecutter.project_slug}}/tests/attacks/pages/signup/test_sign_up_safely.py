"""P, W and S: opening an account on the page."""

import re

import pytest

from tests.attacks.checks import assert_headers
from tests.attacks.pages.browser import Browser, link_in
from tests.attacks.pages.test_passwords_on_pages import like
from tests.attacks.server import PASSWORD, Server

SIGN_UP = "/accounts/signup/"
NEW = "the tide comes in at six"


def test_w01_to_w07_the_page_has_every_header(server: Server) -> None:
    """W01, W02, W03, W04, W05, W06, W07."""
    assert_headers(Browser(server).get(SIGN_UP))


def test_p03_a_taken_address_gets_the_same_answer(server: Server, email: str) -> None:
    """P03, ASVS 6.3.8: in any spelling, and its owner is told."""
    answers = []
    for name in (email, email.upper(), "newcomer-1@example.com"):
        browser = Browser(server)
        answers.append(like(browser.submit(SIGN_UP, email=name, name="", password=NEW)))
        answers.append(like(browser.get("/accounts/login/")))

    assert answers[0] == answers[2] == answers[4]
    assert answers[1] == answers[3] == answers[5]
    assert "/verify-email/" not in server.mail_to(email)
    assert Browser(server).sign_in(email, NEW).status == 200
    assert Browser(server).sign_in(email, PASSWORD).status == 302


def test_p30_an_unconfirmed_address_opens_nothing(server: Server) -> None:
    """P30, ASVS 6.4.1: until its link is followed, which is good once."""
    email = "newcomer-2@example.com"
    Browser(server).submit(SIGN_UP, email=email, name="Ada", password=NEW)
    link = link_in(server.mail_to(email))
    assert Browser(server).sign_in(email, NEW).status == 200
    assert Browser(server).get(link).status == 200
    assert Browser(server).sign_in(email, NEW).status == 200

    assert Browser(server).submit(link).status == 302
    assert Browser(server).sign_in(email, NEW).status == 302
    assert Browser(server).get(link).status == 400


@pytest.mark.parametrize("origin", ["https://evil.test", "null"])
def test_s09_no_other_site_opens_an_account(server: Server, origin: str) -> None:
    """S09, ASVS 3.5.1."""
    form = {"email": "newcomer-3@example.com", "password": NEW}
    browser = Browser(server)
    browser.get(SIGN_UP)

    assert browser.post_bare(SIGN_UP, form, Origin=origin).status == 403
    assert browser.post(SIGN_UP, form, Origin=origin).status == 403


def test_w27_a_newcomer_chooses_nothing_else(server: Server) -> None:
    """W27, ASVS 15.3.3."""
    more = dict.fromkeys(["is_staff", "is_superuser", "is_active", "email_verified_at"], "1")
    email = "newcomer-4@example.com"
    Browser(server).submit(SIGN_UP, email=email, password=NEW, **more)

    assert Browser(server).sign_in(email, NEW).status == 200
    Browser(server).submit(link_in(server.mail_to(email)))
    browser = Browser(server)
    assert browser.sign_in(email, NEW).status == 302
    assert browser.get("/back-office/").status == 403


@pytest.mark.parametrize("weak", ["password1234", "newcomer-5@example.com", "a" * 129])
def test_p15_a_weak_password_is_refused(server: Server, weak: str) -> None:
    """P15, P17, ASVS 6.2.1, 6.2.4, 6.2.11."""
    answer = Browser(server).submit(SIGN_UP, email="newcomer-5@example.com", password=weak)

    assert answer.status == 200
    assert re.search(r"This password|The password|at most 128", answer.text)


def test_w30_a_name_is_no_markup_in_mails(server: Server) -> None:
    """W30, ASVS 1.2.1."""
    email = "newcomer-6@example.com"
    name = "<script>alert(1)</script>{{9871*1237}}"
    Browser(server).submit(SIGN_UP, email=email, name=name, password=NEW)

    assert "<script>" not in server.mail_to(email)
    assert not re.search(r"12210427", server.mail_to(email))
