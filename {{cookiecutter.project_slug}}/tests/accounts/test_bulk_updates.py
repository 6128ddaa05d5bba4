"""Users who are changed without `save()`."""

import sqlite3
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.db import DatabaseError, connection
from django.db.models import F, QuerySet, Value
from django.db.models.functions import Concat

from accounts.models import SignIn, User
from accounts.services import sign_ins
from tests.conftest import HERE

CHANGES: dict[str, Any] = {
    "password": make_password("another long sentence"),
    "email": Concat(Value("new-"), F("email")),
    "is_active": False,
    "is_staff": True,
    "is_superuser": True,
}


def by_update(user: User, changes: dict[str, Any]) -> None:
    User.objects.filter(pk=user.pk).update(**changes)


def by_filter_of_the_changed_field(user: User, changes: dict[str, Any]) -> None:
    User.objects.filter(pk=user.pk).exclude(**changes).update(**changes)


def by_group(user: User, changes: dict[str, Any]) -> None:
    group = Group.objects.create(name="all")
    group.user_set.add(user)
    group.user_set.update(**changes)


def by_bulk_update(user: User, changes: dict[str, Any]) -> None:
    for name, value in changes.items():
        setattr(user, name, value)
    User.objects.bulk_update([user], list(changes))


@pytest.mark.parametrize(
    "change", [by_update, by_filter_of_the_changed_field, by_group, by_bulk_update]
)
@pytest.mark.parametrize("name", CHANGES)
def test_bulk_update_of_a_security_field_revokes_the_sign_ins(
    user: User, other: User, kind: str, name: str, change: Callable[..., None]
) -> None:
    """A02 A04: a stolen credential remained valid after the password was replaced in bulk."""
    changed, kept = (
        sign_ins.start(each, kind, str(each.pk), client=HERE) for each in (user, other)
    )

    change(user, {name: CHANGES[name]})

    assert list(SignIn.objects.filter(revoked_at=None)) == [kept]
    assert sign_ins.find_live(changed.pk) is None


@pytest.mark.parametrize(
    "changes", [{"name": "Ada"}, {"is_active": True}, {"email": "ADA@example.com"}], ids=str
)
def test_bulk_update_that_changes_no_security_field_revokes_nothing(
    user: User, kind: str, changes: dict[str, Any]
) -> None:
    sign_in = sign_ins.start(user, kind, "a credential", client=HERE)

    assert User.objects.update(**changes) == 1

    assert sign_ins.find_live(sign_in.pk)


@pytest.mark.parametrize("changes", [{"password": "!another"}, {"is_active": False}], ids=str)
def test_sign_ins_are_revoked_as_documented_after_a_statement_that_bypasses_the_model(
    user: User, kind: str, changes: dict[str, Any]
) -> None:
    sign_in = sign_ins.start(user, kind, "a credential", client=HERE)
    rows: QuerySet[User] = QuerySet(User)
    rows.filter(pk=user.pk).update(**changes)

    sign_ins.revoke_all(user)

    assert sign_ins.find_live(sign_in.pk) is None


@pytest.fixture
def _few_parameters(db: None) -> Iterator[None]:
    """Let SQLite take far fewer parameters than there are users, as with millions of them."""
    if connection.vendor != "sqlite":
        yield
        return
    database, limit = connection.connection, sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER
    before = database.setlimit(limit, 1100)
    yield
    database.setlimit(limit, before)


@pytest.mark.usefixtures("_few_parameters")
def test_bulk_update_takes_more_users_than_a_statement_takes_parameters(
    user: User, kind: str
) -> None:
    many = [User(email=f"{number}@example.org", password="old") for number in range(1500)]
    User.objects.bulk_create(many, batch_size=50)
    sign_in = sign_ins.start(user, kind, "credential", client=HERE)

    User.objects.update(password=make_password("another long sentence"))

    assert sign_ins.find_live(sign_in.pk) is None


def test_bulk_update_whose_revocation_fails_changes_nothing(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise DatabaseError

    monkeypatch.setattr(sign_ins, "revoke", fail)

    with pytest.raises(DatabaseError):
        User.objects.update(is_active=False)

    assert User.objects.get().is_active
