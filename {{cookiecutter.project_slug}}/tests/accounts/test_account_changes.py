"""Changes and deletions of accounts end sign-ins; stale users undo no change."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from unittest.mock import Mock
from uuid import UUID

import pytest
from django.contrib.auth.hashers import make_password
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError
from django.utils import timezone

from accounts.models import SECURITY_FIELDS, SignIn, User
from accounts.services import sign_ins
from tests.accounts.conftest import Start

CHANGES: dict[str, Any] = {
    "password": make_password("another long sentence"),
    "email": "ada@example.org",
    "is_active": False,
    "is_staff": True,
    "is_superuser": True,
    "email_verified_at": None,
}
GUARDED = {**CHANGES, "reset_requested_at": datetime(2026, 1, 1, tzinfo=UTC)}
DELETIONS: dict[str, Callable[[User], Any]] = {
    "row": lambda user: user.sign_ins.get().delete(),
    "rows": lambda user: SignIn.objects.filter(user=user).delete(),
    "rows of the user": lambda user: user.sign_ins.all().delete(),
    "user": lambda user: user.delete(),
    "users": lambda user: User.objects.filter(pk=user.pk).delete(),
}


def assign(user: User, **values: Any) -> None:
    for name, value in values.items():
        setattr(user, name, value)


def save(user: User, **values: Any) -> None:
    assign(user, **values)
    user.save()


def save_fields(user: User, **values: Any) -> None:
    assign(user, **values)
    user.save(update_fields=list(values))


def update(user: User, **values: Any) -> None:
    User.objects.filter(pk=user.pk).update(**values)


def bulk_update(user: User, **values: Any) -> None:
    assign(user, **values)
    User.objects.bulk_update([user], list(values))


@pytest.mark.parametrize(("name", "value"), CHANGES.items())
def test_account_that_changed_since_the_check_is_refused(
    user: User, start: Start, name: str, value: object
) -> None:
    """A02, A05: by any statement that changed it; a user loaded afterwards may sign in or not."""
    User.objects.update(**{name: value})

    with pytest.raises(sign_ins.SignInRefusedError):
        start(user)

    assert not SignIn.objects.exists()
    assert User.objects.get().last_login is None
    if name in {"is_active", "email_verified_at"}:
        with pytest.raises(PermissionDenied):
            start(User.objects.get())
    else:
        assert start(User.objects.get())


@pytest.mark.parametrize("change", [save, save_fields, update, bulk_update])
@pytest.mark.parametrize("name", [*SECURITY_FIELDS, "password"])
def test_change_of_a_security_field_ends_the_sign_ins_of_that_user(
    user: User, other: User, start: Start, change: Callable[..., None], name: str
) -> None:
    """A02, A04: code may also assign the hash of a password instead of using set_password()."""
    *_, kept = start(user), start(user), start(other)

    change(user, **{name: CHANGES[name]})

    assert list(SignIn.objects.filter(revoked_at=None)) == [kept]


@pytest.mark.parametrize("name", ["is_staff", "is_superuser"])
def test_losing_a_role_ends_sign_ins(user: User, start: Start, name: str) -> None:
    save(user, **{name: True})
    start(user)
    save(user, **{name: False})
    assert not sign_ins.live(user).exists()


@pytest.mark.parametrize("change", [save, save_fields, update])
@pytest.mark.parametrize(
    ("name", "value"), [("name", "Countess"), ("email", "ADA@Example.com"), ("is_staff", False)]
)
def test_saving_without_a_change_of_security_fields_ends_nothing(
    user: User, start: Start, change: Callable[..., None], name: str, value: object
) -> None:
    start(user)
    change(user, **{name: value})
    assert sign_ins.live(user).exists()


def test_update_whose_revocation_fails_changes_nothing(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sign_ins, "revoke", Mock(side_effect=DatabaseError))

    with pytest.raises(DatabaseError):
        User.objects.update(is_active=False)

    assert User.objects.get().is_active


@pytest.mark.parametrize(("name", "value"), GUARDED.items())
def test_change_of_a_loaded_user_is_saved_and_kept_by_a_stale_one(
    user: User, name: str, value: object
) -> None:
    """A02: a session that saved its profile in a loop restored the password before a change."""
    stale, loaded = User.objects.get(), User.objects.get()
    for each in (value, getattr(user, name), value):
        save(loaded, **{name: each})
        assert User.objects.values_list(name, flat=True).get() == each

    save(stale, name="Countess")

    assert User.objects.values_list("name", name).get() == ("Countess", value)


def test_saving_a_stale_user_ends_no_sign_in(user: User, start: Start) -> None:
    stale = User.objects.get()
    save(user, is_staff=True)
    start(user)
    save(stale, name="Countess")
    assert sign_ins.live(user).exists()


@pytest.mark.parametrize("change", [save, save_fields])
def test_deleted_user_is_neither_restored_nor_signed_in(
    user: User, start: Start, change: Callable[..., None]
) -> None:
    """The error of the database was a server error in every view."""
    User.objects.all().delete()

    with pytest.raises(User.DoesNotExist):
        change(user, name="Countess")
    with pytest.raises(sign_ins.SignInRefusedError):
        start(user)

    assert not User.objects.exists()


@pytest.mark.parametrize("has_expired", [False, True])
@pytest.mark.parametrize("way", DELETIONS)
def test_deleted_sign_in_is_revoked_unless_it_has_expired(
    user: User, other: User, start: Start, revoked: list[UUID], way: str, has_expired: bool
) -> None:
    """A04: by any code that deletes it."""
    deleted, kept = start(user), start(other)
    if has_expired:
        user.sign_ins.update(idle_ends_at=timezone.now(), ends_at=timezone.now())

    DELETIONS[way](user)

    assert revoked == ([] if has_expired else [deleted.pk])
    assert list(SignIn.objects.all()) == list(sign_ins.live(other)) == [kept]
