"""Queries that an index must serve."""

import json

from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.services import authentication, email_change, passwords, verification
from tests.conftest import HERE, PASSWORD


def test_every_lookup_by_email_address_uses_the_index(user: User) -> None:
    """C05: sign-in, reset, resend, change and creating accounts read no whole table."""
    User.objects.bulk_create(User(email=f"user{number}@example.com") for number in range(50))
    typed = "Ada@example.com"
    with CaptureQueriesContext(connection) as queries:
        authentication.authenticate(typed, PASSWORD, client=HERE)
        authentication.authenticate(typed, "wrong", client=HERE)
        passwords.request_reset(typed, client=HERE)
        verification.resend(typed, client=HERE)
        email_change.request(user, "new@example.com", client=HERE)
        User.objects.get_by_natural_key(typed)
        assert User.objects.filter(email=typed).exists()
    statements = [query["sql"] for query in queries]
    asked = [sql for sql in statements if sql.startswith("SELECT") and '"email" =' in sql]
    assert len(asked) >= 6
    for sql in asked:
        plan = _plan(sql)
        assert "email" in plan, (sql, plan)
        assert "SCAN accounts_user" not in plan, (sql, plan)
        assert "Seq Scan on accounts_user" not in plan, (sql, plan)


def _plan(sql: str) -> str:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute(f"EXPLAIN {sql}")
        else:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        return json.dumps(cursor.fetchall())
