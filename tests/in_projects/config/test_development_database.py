"""The database of development: which one commands use, and how SQLite is opened."""

import sqlite3
import sys
from pathlib import Path

import pytest

import manage
from tests.config.conftest import Load


@pytest.mark.parametrize(
    ("command", "named"), [("migrate", True), ("runserver", True), ("check", False)]
)
def test_command_names_its_database_without_the_password(
    load: Load,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: str,
    named: bool,
) -> None:
    """G-03: the variable may be another project's."""
    url = "postgres://user:secret@db.invalid:5499/other"
    monkeypatch.setattr(manage, "settings", load("development", {"DATABASE_URL": url}))
    monkeypatch.setattr(manage, "execute_from_command_line", lambda _: None)
    monkeypatch.setattr(sys, "argv", ["manage.py", command])

    manage.main()

    printed = capsys.readouterr().err
    assert ("Database: postgresql, db.invalid:5499, other" in printed) is named
    assert "secret" not in printed


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
