"""Django's `force_login` in the tests of a team."""

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.services.sign_ins import SignInRefusedError
from tests.conftest import PASSWORD
from tests.session_auth.conftest import is_signed_in


def test_force_login_signs_in_a_user_whose_email_is_confirmed(db: None) -> None:
    """F08: as docs/sessions.md says."""
    user = User.objects.create_user(
        "grace@example.com", PASSWORD, email_verified_at=timezone.now()
    )
    browser = Client()
    browser.force_login(user)
    assert is_signed_in(browser)


def test_force_login_refuses_a_user_whose_email_is_not_confirmed(db: None) -> None:
    """F08 and A05: the same rule as at every other entry point."""
    browser = Client()
    with pytest.raises(SignInRefusedError):
        browser.force_login(User.objects.create_user("grace@example.com", PASSWORD))
    assert not is_signed_in(browser)
