import pytest
from django.core import mail
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from session_auth.signup.forms import SignUpForm
from tests.conftest import PASSWORD
from tests.session_auth.conftest import LOGIN, is_signed_in, link_in_mail, log_in, recipients

PATH = "/accounts/signup/"
CHECK_EMAIL = "/accounts/signup/check-email/"
FORM = {"email": "grace@example.com", "name": "", "password": PASSWORD}


def test_visitor_becomes_a_plain_user_by_following_the_link(db: None) -> None:
    assert PATH.encode() in Client().get(LOGIN).content
    page = Client().post(PATH, FORM | {"name": "Grace", "is_staff": "on"}, follow=True)
    assert page.redirect_chain == [(CHECK_EMAIL, 302)]
    assert FORM["email"].encode() in page.content
    grace = User.objects.get()
    assert (grace.is_staff, grace.is_active, grace.email_verified_at) == (False, True, None)
    assert not is_signed_in(log_in(grace))
    Client().post(link_in_mail())
    assert is_signed_in(log_in(grace))


def test_email_is_sent_again_to_the_address_of_this_browser_alone(db: None) -> None:
    User.objects.create_user("other@example.com", PASSWORD)
    for answer in (Client().get(CHECK_EMAIL), Client().post(CHECK_EMAIL, FORM)):
        assert answer["Location"] == PATH
    browser = Client()
    browser.post(PATH, FORM)
    first = link_in_mail()

    answer = browser.post(CHECK_EMAIL, {"email": "other@example.com"})

    assert answer["Location"] == CHECK_EMAIL
    assert recipients() == [FORM["email"]] * 2
    for link in (first, link_in_mail()):
        assert Client().get(link).status_code == 200


def test_emails_that_are_sent_again_are_counted(db: None, settings: Settings) -> None:
    limit, _ = settings.RATE_LIMITS["mail_to"]
    browser = Client()
    browser.post(PATH, FORM)
    answers = [browser.post(CHECK_EMAIL) for _ in range(limit)]
    assert [answer.status_code for answer in answers] == [302] * (limit - 1) + [429]
    assert len(recipients()) == limit


def test_signed_in_user_is_led_home(browser: Client) -> None:
    assert browser.get(PATH)["Location"] == "/"
    assert Client().get(PATH).status_code == 200


@pytest.mark.parametrize(
    "change",
    [
        *({"email": email} for email in ("", "alice@exam\u200bple.org")),
        *({"password": password} for password in ("", "short", "x" * 129)),
        {"password": "grace.hopper.of.the.navy", "name": "grace hopper of the navy"},
    ],
    ids=lambda change: ascii(change)[:40],
)
def test_invalid_form_creates_no_account(db: None, change: dict[str, str]) -> None:
    response = Client().post(PATH, FORM | change)
    assert response.status_code == 200
    assert b"There is a problem" in response.content
    assert not User.objects.exists()


@pytest.mark.parametrize(("has_field", "field"), [(True, "name"), (False, "__all__")])
def test_another_unique_field_that_is_taken_is_an_error_of_the_form(
    user: User, unique_name: None, monkeypatch: pytest.MonkeyPatch, has_field: bool, field: str
) -> None:
    """C07: also a field that the form lacks."""
    if not has_field:
        monkeypatch.delitem(SignUpForm.base_fields, "name")
        User.objects.create_user("nameless@example.com", name="")
    page = Client().post(PATH, FORM | {"name": user.name})
    assert page.status_code == 200
    assert list(page.context["form"].errors) == [field]
    assert mail.outbox == []
    if has_field:
        assert Client().post(PATH, FORM | {"name": "Grace"}).status_code == 302
