"""No page reads a whole table."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from session_auth.sessions import delete_expired
from tests.accounts.plans import only_index_scans
from tests.conftest import PASSWORD
from tests.session_auth.many_sessions import fill_sessions

pytestmark = pytest.mark.postgresql


def test_no_page_reads_a_whole_table(user: User, sign_in: Callable[[User], Client]) -> None:
    """A11: signing in, pages, the list, a new password and signing out."""
    fill_sessions()
    new = "another long sentence"
    form = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    with only_index_scans(minimum=20):
        sign_in(user)
        browser = sign_in(user)
        assert browser.get("/").status_code == 200
        assert browser.get("/accounts/sign-ins/").status_code == 200
        assert browser.post("/accounts/password_change/", form).status_code == 302
        assert browser.post("/accounts/sign-ins/revoke-all/").status_code == 302
        delete_expired(1000)
    assert not user.sign_ins.filter(revoked_at=None).exists()
