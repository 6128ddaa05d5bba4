"""P, W and S: sign-up on the page."""

import pytest

from tests.attacks.checks import assert_headers
from tests.attacks.client import NEW
from tests.attacks.pages.client import ADMIN, Browser
from tests.attacks.server import PASSWORD, Server

SIGN_UP = "/accounts/signup/"
CHECK_EMAIL = "/accounts/signup/check-email/"


def test_w01_to_w07_sign_up_page_has_the_headers(visitor: Browser) -> None:
    """W01, W02, W03, W04, W05, W06, W07."""
    assert_headers(visitor.get(SIGN_UP))


def test_p03_sign_up_with_a_taken_email_gets_the_same_response(server: Server, email: str) -> None:
    """P03, ASVS 6.3.8: in any spelling, and its owner is notified."""
    answers = []
    for name in (email, email.upper(), "newcomer-1@example.com"):
        browser = Browser(server)
        sent = browser.submit(SIGN_UP, email=name, name="", password=NEW)
        seen = [browser.get(CHECK_EMAIL), browser.post(CHECK_EMAIL), browser.get(CHECK_EMAIL)]
        answers.append([browser.tells(answer) for answer in (sent, *seen)])

    assert answers[0] == answers[1] == answers[2]
    assert "/verify-email/" not in server.mail_to(email)
    assert browser.tries(email, NEW) == "refused"
    assert browser.tries(email, PASSWORD) == "done"


@pytest.mark.parametrize("origin", ["https://evil.test", "null"])
def test_s09_sign_up_from_another_site_is_rejected(visitor: Browser, origin: str) -> None:
    """S09, ASVS 3.5.1."""
    form = {"email": "newcomer-3@example.com", "password": NEW}
    visitor.get(SIGN_UP)

    assert visitor.post_bare(SIGN_UP, form, Origin=origin).status == 403
    assert visitor.post(SIGN_UP, form, Origin=origin).status == 403


def test_w27_p15_p30_sign_up_requires_confirmation_and_ignores_other_fields(
    server: Server, visitor: Browser
) -> None:
    """W27, P15, P30, W30, ASVS 1.2.1, 6.2.4, 6.4.1, 15.3.3: the link works once.

    A weak password is refused, and a name is no markup.
    """
    more = dict.fromkeys(["is_staff", "is_superuser", "is_active", "email_verified_at"], "1")
    more["name"] = "<script>alert(1)</script>{{9871*1237}}"
    email = "newcomer-4@example.com"
    weak = visitor.submit(SIGN_UP, email=email, password="password1234", **more)
    assert (weak.status, server.mails_to(email)) == (200, 0)
    visitor.submit(SIGN_UP, email=email, password=NEW, **more)
    mail = server.mail_to(email)
    assert "<script>" not in mail
    assert "12210427" not in mail
    assert visitor.tries(email, NEW) == "refused"

    assert [visitor.verify(visitor.verification(mail)).status for _ in range(2)] == [302, 400]
    assert visitor.signed_in(email, NEW).get(ADMIN).status == 403
