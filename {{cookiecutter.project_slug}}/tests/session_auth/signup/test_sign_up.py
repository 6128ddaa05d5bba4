import pytest
from django.core import mail
from django.test import Client

from accounts.models import User
from session_auth.signup.forms import SignUpForm
from tests.conftest import PASSWORD
from tests.session_auth.conftest import LOGIN, is_signed_in, link_in_mail, log_in

PATH = "/accounts/signup/"
FORM = {"email": "grace@example.com", "name": "", "password": PASSWORD}


def test_visitor_becomes_a_plain_user_by_following_the_link(db: None) -> None:
    assert PATH.encode() in Client().get(LOGIN).content
    page = Client().post(PATH, FORM | {"name": "Grace", "is_staff": "on"}, follow=True)
    assert page.redirect_chain == [(LOGIN, 302)]
    assert b"follow the link that we sent to" in page.content
    grace = User.objects.get()
    assert (grace.is_staff, grace.is_active, grace.email_verified_at) == (False, True, None)
    assert not is_signed_in(log_in(grace))
    Client().post(link_in_mail())
    assert is_signed_in(log_in(grace))


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
