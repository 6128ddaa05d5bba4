"""No endpoint reads a whole table."""

import pytest

from accounts.models import User
from tests.accounts.plans import fill, only_index_scans
from tests.token_auth.api import CREDENTIALS, ME, REVOKE, SIGN_INS, TOKEN, client, refreshed

pytestmark = pytest.mark.postgresql


def test_no_endpoint_reads_a_whole_table(user: User) -> None:
    """A11: signing in, refreshing, the user, the list, and signing out."""
    fill()
    with only_index_scans(minimum=10):
        pair = refreshed(client().post(TOKEN, CREDENTIALS).json())
        api = client(pair["access"])
        assert api.get(ME).status_code == 200
        assert len(api.get(SIGN_INS).json()) == 1
        assert client().post(REVOKE, {"refresh": pair["refresh"]}).status_code == 204
        assert api.delete(SIGN_INS).status_code == 401
    assert not user.sign_ins.filter(revoked_at=None).exists()
