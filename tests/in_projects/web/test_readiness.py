"""Readiness of a service whose database refuses writes."""

from django.db import connection
from django.test import Client


def status() -> int:
    return Client().get("/health/ready/").status_code


def test_readiness_needs_a_database_that_takes_writes(db: None) -> None:
    """E13: a standby, or a database whose disk is full, refuses writes and still reads."""
    switch = {  # to forbid writes, and to allow them
        "sqlite": ("PRAGMA query_only = ON", "PRAGMA query_only = OFF"),
        "postgresql": ("SET transaction_read_only = on", "SELECT 1"),
    }
    on, off = switch[connection.vendor]
    assert status() == 200
    with connection.cursor() as cursor:
        cursor.execute(on)
    try:
        assert status() == 503
    finally:
        connection.needs_rollback = False
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute(off)
