"""Databases by URL: PostgreSQL in production, SQLite on a developer's machine."""

import sqlite3
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.settings import environment
from tests.config.conftest import Load
from tests.config.production import PRODUCTION_ENVIRONMENT

POSTGRES = "postgres://user:password@db.example.com:5432/name"


@pytest.mark.parametrize(
    "url",
    [
        *("sqlite:///x", "sqlite://:memory:", "mysql://user@host/name", "postgres://user@host"),
        *("nonsense", "postgres://[::1/name", f"{POSTGRES}?no_such_option=1"),
        *(f"{POSTGRES}?pool=perhaps", f"{POSTGRES}?pool=4"),
        *(f"{POSTGRES}?sslmode=verify-full", f"{POSTGRES}?sslmode=verify-ca"),
    ],
)
def test_production_refuses_a_database_that_cannot_work(load: Load, url: str) -> None:
    """F16, E14: one line at startup instead of an error with each request."""
    with pytest.raises(ImproperlyConfigured, match="  DATABASE_URL: "):
        load("production", PRODUCTION_ENVIRONMENT | {"DATABASE_URL": url})


def test_production_keeps_a_pool_of_connections(load: Load) -> None:
    """E14: the default, and the example of the documents."""
    chosen = {"DATABASE_URL": f"{POSTGRES}?sslmode=verify-full&sslrootcert=system"}
    database = load("production", PRODUCTION_ENVIRONMENT | chosen).DATABASES["default"]

    assert database["OPTIONS"]["pool"]["max_size"] > 1
    assert database["OPTIONS"]["sslrootcert"] == "system"
    assert database["DISABLE_SERVER_SIDE_CURSORS"] is False


def test_production_can_leave_pooling_to_pgbouncer(load: Load) -> None:
    """E14: both options were lost or broke the connection."""
    chosen = {"DATABASE_URL": f"{POSTGRES}?pool=false&disable_server_side_cursors=true"}
    database = load("production", PRODUCTION_ENVIRONMENT | chosen).DATABASES["default"]

    assert database["OPTIONS"] == {"pool": False}
    assert database["DISABLE_SERVER_SIDE_CURSORS"] is True
    assert database["CONN_MAX_AGE"] == 0


@pytest.mark.parametrize("variable", ["", "sqlite:///{folder}/other.sqlite3"])
def test_development_sqlite_lets_readers_and_writers_work_together(
    load: Load, tmp_path: Path, variable: str
) -> None:
    """E18: one process writes while another reads; both wait instead of failing."""
    chosen = {"DATABASE_URL": variable.format(folder=tmp_path)}
    database = load("development", chosen).DATABASES["default"]
    options = database["OPTIONS"]
    assert options["timeout"] >= 5
    assert options["transaction_mode"] == "IMMEDIATE"

    connection = sqlite3.connect(tmp_path / "db.sqlite3")
    connection.executescript(options["init_command"])

    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()


def test_options_in_the_url_win() -> None:
    """E18: SQLite with what a developer asks for."""
    database = environment.development_database("sqlite:///x?timeout=1")
    assert database["OPTIONS"]["timeout"] == 1
    assert "OPTIONS" not in environment.development_database(POSTGRES)
