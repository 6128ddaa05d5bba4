"""What a project stores: users, rows, bytes, and the plans of its statements."""

from __future__ import annotations

import json
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from benchmarks.inside.clients import PASSWORD, USERS, Client

if TYPE_CHECKING:
    from collections.abc import Iterator

EXPLAIN = [
    "LOAD 'auto_explain'",
    "SET auto_explain.log_min_duration = 0",
    "SET auto_explain.log_analyze = on",
    "SET auto_explain.log_buffers = on",
    "SET auto_explain.log_format = json",
    "SET auto_explain.log_level = notice",
]


def create_users(clients: dict[str, Client]) -> int:
    """Create the users, once for all clients, and return their number."""
    from django.contrib.auth import get_user_model
    from django.contrib.auth.hashers import make_password
    from django.utils import timezone

    model: Any = get_user_model()
    fields = {field.name for field in model._meta.get_fields()}  # noqa: SLF001 - Django's documented name
    common = {"password": make_password(PASSWORD)}
    if "email_verified_at" in fields:
        common["email_verified_at"] = timezone.now()
    pattern = next(str(each.options.get("user", "{n}")) for each in clients.values())
    if model.objects.exists():
        return 0
    users = []
    for n in range(USERS):
        name = {model.USERNAME_FIELD: pattern.format(n=n)}
        users.append(model(**{"email": f"{n}@example.com", **name, **common}))
    model.objects.bulk_create(users)
    return USERS


def sign_in_often(number: int) -> Any:
    """Return a user with this number of live sign-ins, of which every other one is a session."""
    from datetime import timedelta

    from django.apps import apps
    from django.contrib.sessions.models import Session
    from django.utils import timezone

    users: Any = apps.get_model("accounts.User")
    sign_in_model: Any = apps.get_model("accounts.SignIn")
    link_model: Any = apps.get_model("session_auth.BrowserSession")
    # Not one of those who sign in: their requests would read the rows that were deleted.
    user, end = users.objects.order_by("email").last(), timezone.now() + timedelta(hours=1)
    user.sign_ins.all().delete()
    sign_ins = [
        sign_in_model(
            user=user,
            kind="token" if n % 2 else "session",
            idle_ends_at=end,
            ends_at=end,
            credential_hash=f"{n:064}",
        )
        for n in range(number)
    ]
    sign_in_model.objects.bulk_create(sign_ins)
    keys = {each.pk: each.pk.hex for each in sign_ins if each.kind == "session"}
    Session.objects.bulk_create(
        Session(session_key=key, session_data="", expire_date=end) for key in keys.values()
    )
    link_model.objects.bulk_create(
        link_model(sign_in_id=pk, session_key=key) for pk, key in keys.items()
    )
    return user


def rows() -> dict[str, int]:
    """Return the number of rows in each table."""
    from django.db import connection

    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT count(*) FROM "{table}"')  # noqa: S608 - names of tables
            found[table] = cursor.fetchone()[0]
    return found


def sizes() -> dict[str, int]:
    """Return the bytes of each table with its indexes and long values."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, pg_total_relation_size(oid) FROM pg_class "
            "WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        return dict(cursor.fetchall())


def keys() -> dict[str, list[int]]:
    """Return the number of keys in the cache by kind, and the bytes of all of them."""
    import redis

    client = redis.from_url(os.environ["REDIS_URL"])
    prefix = os.environ["BENCHMARK_PREFIX"]
    found: dict[str, list[int]] = {}
    for key in client.scan_iter(match=f"{prefix}:*", count=1000):
        name = key.decode().removeprefix(f"{prefix}:").partition(":")[2]
        kind = "session" if name.startswith("django.") else name.split(":")[0]
        number, size = found.get(kind, [0, 0])
        found[kind] = [number + 1, size + client.memory_usage(key)]
    return found


@contextmanager
def plans() -> Iterator[list[dict[str, Any]]]:
    """Collect the plans of all statements that are executed in the block."""
    from django.db.backends.signals import connection_created

    found: list[dict[str, Any]] = []

    def note(diagnostic: Any) -> None:
        text = diagnostic.message_primary
        if "plan:" in text:
            found.append(json.loads(text.partition("plan:")[2]))

    def explain(connection: Any, **_: Any) -> None:
        raw = connection.connection
        with raw.cursor() as cursor:
            for statement in EXPLAIN:
                cursor.execute(statement)
        raw.add_notice_handler(note)

    connection_created.connect(explain)
    try:
        yield found
    finally:
        connection_created.disconnect(explain)
