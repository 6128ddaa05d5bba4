"""Batches of the command that cleans up."""

from io import StringIO

from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import SignIn, User
from accounts.services import sign_ins
from tests.accounts.conftest import Start


def test_clean_up_deletes_no_more_than_a_batch_in_one_statement(user: User, start: Start) -> None:
    sign_ins.revoke([start(user) for _ in range(5)])
    live = start(user)

    out = StringIO()
    with CaptureQueriesContext(connection) as queries:
        call_command("clean_up", "--keep-days", "0", "--batch", "2", stdout=out)

    statements = [query["sql"] for query in queries]
    assert sum(sql.startswith('DELETE FROM "accounts_signin"') for sql in statements) == 3
    assert "Deleted 5 ended sign-ins." in out.getvalue()
    assert list(SignIn.objects.all()) == [live]
