"""A database that several threads can use concurrently."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connection


@pytest.fixture
def shared_database(tmp_path: Path, transactional_db: None) -> Iterator[None]:
    """Give other threads a database of their own connections.

    SQLite's test database is in memory, where threads lock each other out; a copy of it in a
    file is opened as in development.
    """
    if connection.vendor != "sqlite":
        yield
        return
    connection.ensure_connection()
    path = tmp_path / "race.sqlite3"
    with closing(sqlite3.connect(path)) as copy:
        connection.connection.backup(copy)
    before = dict(connection.settings_dict)
    connection.settings_dict |= {
        "NAME": str(path),
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20},
    }
    yield
    connection.settings_dict.update(before)
