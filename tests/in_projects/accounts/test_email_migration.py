"""The migration that makes existing email addresses canonical loses and merges no account."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

ALIAS = "migration"
Migrate = Callable[[tuple[str, str]], Any]
BEFORE, AFTER = ("accounts", "0002_rename_address"), ("accounts", "0003_canonical_email")


@pytest.fixture
def migrate(transactional_db: None, tmp_path: Path) -> Iterator[Migrate]:
    """Migrate an empty database to a state, and return the users of that state.

    The database is a schema or file of its own: later migrations need not be reversible.
    """
    settings = deepcopy(connection.settings_dict)
    if connection.vendor == "postgresql":
        settings["OPTIONS"] = {"options": f"-c search_path={ALIAS}"}
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE SCHEMA {ALIAS}")
    else:
        settings["NAME"] = str(tmp_path / "migration.sqlite3")
    database = type(connections["default"])(settings, ALIAS)
    connections[ALIAS] = database

    def to(target: tuple[str, str]) -> Any:
        state = MigrationExecutor(database).migrate([target])
        return state.apps.get_model("accounts", "User").objects.using(ALIAS)

    yield to
    database.close()
    del connections[ALIAS]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"DROP SCHEMA {ALIAS} CASCADE")


def insert(users: Any, *emails: str) -> dict[str, Any]:
    """Store addresses as they were before, and return the ids of their users."""
    ids = {}
    for number, email in enumerate(emails):
        user = users.create(email=f"user{number}@example.com", email_verified_at=timezone.now())
        pk = user.pk if connection.vendor == "postgresql" else user.pk.hex
        with connections[ALIAS].cursor() as cursor:
            cursor.execute("UPDATE accounts_user SET email = %s WHERE id = %s", [email, pk])
        ids[email] = user.pk
    return ids


def test_addresses_become_canonical_or_are_deactivated_and_listed(
    migrate: Migrate, capsys: pytest.CaptureFixture[str]
) -> None:
    """C02: the migration can be reversed, and keeps the addresses then."""
    outcomes = {
        # was: is, active, confirmed, listed
        "Grace@Example.com": ("grace@example.com", True, True, False),
        "a@bücher.example": ("a@xn--bcher-kva.example", True, True, False),
        "victim@strasse.example.org": ("victim@strasse.example.org", True, True, False),
        "victim@straße.example.org": ("victim@xn--strae-oqa.example.org", True, False, True),
        "b@xn--bcher-kva.example": ("b@xn--bcher-kva.example", True, True, False),
        "b@bücher.example": ("b@bücher.example", False, True, True),
        "alice@example.org": ("alice@example.org", True, True, False),
        "alice@exam\u200bple.org": ("alice@exam\u200bple.org", False, True, True),
        "a@evil@example.org": ("a@evil@example.org", False, True, True),
        '"Root"@example.org': ('"root"@example.org', False, True, True),
        "": ("", False, True, True),
    }
    ids = insert(migrate(BEFORE), *outcomes)

    users = migrate(AFTER)

    printed = capsys.readouterr().out
    found = {user.pk: user for user in users.all()}
    assert len(found) == len(outcomes)
    for before, (email, is_active, is_verified, is_listed) in outcomes.items():
        user = found[ids[before]]
        assert user.email == email
        assert user.is_active == is_active, before
        assert (user.email_verified_at is not None) == is_verified, before
        assert (f"User {user.pk}, email" in printed) == is_listed, before
    assert migrate(BEFORE).get(pk=ids["a@bücher.example"]).email == "a@xn--bcher-kva.example"


def test_of_two_spellings_one_is_converted(
    migrate: Migrate, capsys: pytest.CaptureFixture[str]
) -> None:
    insert(migrate(BEFORE), "a@ｂücher.example", "a@bücher.example")

    users = migrate(AFTER)

    stored = dict(users.values_list("email", "is_active"))
    assert sorted(stored.values()) == [False, True]
    assert stored["a@xn--bcher-kva.example"]
    assert capsys.readouterr().out.count("has the same address") == 1
