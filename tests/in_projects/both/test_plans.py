"""Revoking a session and its tokens together reads no whole table."""

import pytest
from django.test import Client

from accounts.models import User
from accounts.services import sign_ins
from tests.accounts.plans import only_index_scans
from tests.both.conftest import exchange
from tests.session_auth.many_sessions import fill_sessions
from token_auth.with_sessions.models import Exchange

pytestmark = pytest.mark.postgresql


def test_revoking_linked_sign_ins_reads_no_whole_table(user: User, browser: Client) -> None:
    """A11: in both directions."""
    rows = fill_sessions()
    Exchange.objects.bulk_create(Exchange(tokens=row, session=row) for row in rows)
    with only_index_scans(minimum=10):
        exchange(browser)
        exchange(browser)
        assert sign_ins.revoke(user.sign_ins.filter(kind="token")[:1]) == 1
    assert not user.sign_ins.filter(revoked_at=None).exists()
