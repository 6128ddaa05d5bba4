"""Accounts that users create themselves."""

from unittest.mock import Mock

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection
from django.template.base import Template
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.services import authentication, signup, staff
from tests.accounts.conftest import NEW_PASSWORD, Waiting, receivers
from tests.conftest import HERE, PASSWORD

pytestmark = pytest.mark.django_db


def test_new_account_waits_for_its_email_to_be_confirmed() -> None:
    signup.create_account("Grace@example.com", PASSWORD, "Grace", client=HERE)
    user = User.objects.get()
    assert (user.email, user.name, user.may_sign_in) == ("grace@example.com", "Grace", False)
    assert authentication.authenticate(user.email, PASSWORD, client=HERE) is None
    assert receivers() == ["grace@example.com"]


def test_taken_email_changes_nothing_and_notifies_its_owner(user: User) -> None:
    signup.create_account(user.email.upper(), NEW_PASSWORD, client=HERE)
    assert User.objects.get().check_password(PASSWORD)
    assert receivers() == [user.email]
    assert "already" in mail.outbox[0].body


def test_last_request_for_an_unconfirmed_email_wins() -> None:
    signup.create_account("grace@example.com", NEW_PASSWORD, "Mallory", client=HERE)
    signup.create_account("grace@example.com", PASSWORD, "Grace", client=HERE)
    user = User.objects.get()
    assert (user.name, user.check_password(PASSWORD)) == ("Grace", True)
    assert len(mail.outbox) == 2


def test_invited_user_keeps_the_invitation() -> None:
    staff.invite("grace@example.com")
    signup.create_account("grace@example.com", PASSWORD, client=HERE)
    assert not User.objects.get().has_usable_password()


def test_creating_an_account_does_the_same_work_for_everyone(
    user: User, waiting: Waiting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """C09: one hash; saving, rendering and sending leave the request."""
    User.objects.create_user("grace@example.com", PASSWORD)
    hashed, rendered = Mock(return_value="md5$x$x"), Mock(return_value="")
    monkeypatch.setattr(MD5PasswordHasher, "encode", hashed)
    monkeypatch.setattr(Template, "render", rendered)
    for email in (user.email, "grace@example.com", "new@example.com"):
        with CaptureQueriesContext(connection) as queries:
            signup.create_account(email, NEW_PASSWORD, client=HERE)
        assert (len(queries), rendered.call_count, mail.outbox) == (0, 0, [])
        waiting.finish()
        assert (hashed.call_count, len(mail.outbox)) == (1, 1)
        for done in (hashed.reset_mock, rendered.reset_mock, mail.outbox.clear):
            done()
    assert User.objects.filter(email="new@example.com").exists()


def test_other_unique_field_that_is_taken_is_reported(user: User, unique_name: None) -> None:
    """C07: a field that a team has made unique."""
    with pytest.raises(ValidationError) as error:
        signup.create_account("new@example.com", PASSWORD, user.name, client=HERE)
    assert list(error.value.message_dict) == ["name"]
    assert mail.outbox == []

    signup.create_account("new@example.com", PASSWORD, "Grace", client=HERE)
    assert receivers() == ["new@example.com"]


def test_conflict_that_is_not_about_the_email_is_not_taken_for_one(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """C07: only the constraint on the email address means that it has an account."""
    monkeypatch.setattr(User, "save", Mock(side_effect=IntegrityError))

    signup.create_account("new@example.com", PASSWORD, client=HERE)

    assert "background_work_failed" in caplog.text
    assert mail.outbox == []
