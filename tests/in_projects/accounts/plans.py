"""Plans of captured statements, and tables that are large enough to plan for."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from secrets import token_hex
from typing import Any

from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import SignIn, User
from accounts.services.sign_ins import hash_credential

_ROWS = 2000
_EXPLAINED = {"SELECT", "UPDATE", "DELETE", "INSERT"}
_INDEX_SCANS = {"Index Scan", "Index Only Scan", "Bitmap Index Scan"}


def fill() -> list[SignIn]:
    """Store the live sign-ins of many users."""
    now = timezone.now()
    kind = min(settings.SIGN_IN_LIMITS)
    users = [User(email=f"user{number}@example.com") for number in range(_ROWS)]
    rows = [
        SignIn(
            user=user,
            kind=kind,
            idle_ends_at=now + timedelta(minutes=number),
            ends_at=now + timedelta(days=9),
            credential_hash=hash_credential(token_hex(8)),
        )
        for number, user in enumerate(users)
    ]
    User.objects.bulk_create(users)
    return SignIn.objects.bulk_create(rows)


@contextmanager
def only_index_scans(*, minimum: int, but: Sequence[str] = ()) -> Iterator[None]:
    """Assert that no statement reads a whole table or a whole index.

    Args:
        minimum: the least number of statements, so that the test cannot lose its object.
        but: parts of statements that may do so.
    """
    with CaptureQueriesContext(connection) as queries:
        yield
    explained = [query["sql"] for query in queries if query["sql"].split()[0] in _EXPLAINED]
    assert len(explained) >= minimum, explained
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        # Small tables would be read as a whole; large ones are not.
        cursor.execute("SET LOCAL enable_seqscan = off")
        for sql in explained:
            cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}")
            (plan,) = cursor.fetchone() or ("",)
            whole = list(_whole_scans(json.loads(plan) if isinstance(plan, str) else plan))
            assert not whole or any(part in sql for part in but), (sql, whole)


def _whole_scans(plan: Any) -> Iterator[Any]:
    """Return the nodes of a plan that read all rows of a table."""
    if isinstance(plan, list):
        for part in plan:
            yield from _whole_scans(part)
    elif isinstance(plan, dict):
        kind = plan.get("Node Type", "")
        if kind == "Seq Scan" or (kind in _INDEX_SCANS and "Index Cond" not in plan):
            yield plan
        for part in plan.values():
            yield from _whole_scans(part)
