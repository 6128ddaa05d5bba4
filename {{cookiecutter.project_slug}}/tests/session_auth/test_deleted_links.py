"""Rows between sessions and sign-ins that are deleted by themselves."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import SignIn, User
from session_auth.models import BrowserSession
from tests.session_auth.conftest import is_signed_in


@pytest.mark.parametrize(
    "delete",
    [
        lambda: BrowserSession.objects.all().delete(),
        lambda: BrowserSession.objects.get().delete(),
    ],
    ids=["rows", "row"],
)
def test_deleting_the_link_to_a_session_revokes_the_sign_in(browser: Client, delete: Any) -> None:
    """A04: deleting the session afterwards would no longer have revoked it."""
    delete()

    assert not is_signed_in(browser)
    assert not SignIn.objects.filter(revoked_at=None).exists()


def test_renewed_session_is_still_linked(browser: Client, user: User) -> None:
    form = {"email": "new@example.org", "password": "a long walk by the sea"}
    assert browser.post("/accounts/email_change/", form).status_code == 302
    assert is_signed_in(browser)

    assert BrowserSession.objects.get().session_key == browser.session.session_key
    browser.session.flush()
    assert not SignIn.objects.filter(revoked_at=None).exists()
