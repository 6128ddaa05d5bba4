"""Unusual or large updates of users, and unusual deletions of users and sign-ins."""

import sqlite3
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth import hashers
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.db import connection
from django.db.models import F, Value
from django.db.models.functions import Concat
from django.db.models.signals import pre_delete
from django.test.utils import isolate_apps
from pytest_django import DjangoAssertNumQueries, Settings

from accounts import receivers
from accounts.models import SignIn, User
from accounts.services import sign_ins, staff
from tests.accounts.conftest import NEW_PASSWORD, Start
from tests.conftest import PASSWORD

ARGON2 = "accounts.hashers.Argon2idPasswordHasher"

# Proxies of both models, which a team may add for more lists in the admin. They are created once,
# because Django identifies the sender of a signal by the `id()` of its class.
with isolate_apps("accounts"):

    class Colleague(User):
        """Users of one kind."""

        class Meta:
            proxy = True
            app_label = "accounts"

    class Device(SignIn):
        """Sign-ins of one kind."""

        class Meta:
            proxy = True
            app_label = "accounts"


for each in (Colleague, Device):
    receivers.connect(each)


@pytest.mark.parametrize(
    "end",
    [
        lambda user, _: user.delete(),
        lambda user, _: type(user).objects.filter(pk=user.pk).delete(),
        lambda user, _: staff.deactivate(user),
        lambda _, device: device.delete(),
        lambda _, device: type(device).objects.all().delete(),
    ],
)
def test_deletion_of_a_proxy_revokes(
    user: User, start: Start, revoked: list[UUID], end: Callable[[Any, Any], Any]
) -> None:
    """A04: Django's signals name the class of the proxy."""
    sign_in = start(user).pk
    end(Colleague.objects.get(), Device.objects.get())
    assert revoked == [sign_in]


def test_sign_in_that_starts_while_the_user_is_deleted_is_revoked(
    user: User, start: Start, revoked: list[UUID]
) -> None:
    """A02: Django collects the rows to delete before it deletes the user."""
    late: list[UUID] = []

    def start_late(instance: User, **_: Any) -> None:
        late.append(start(instance).pk)

    start(user)
    before, pre_delete.receivers = pre_delete.receivers, []
    pre_delete.connect(start_late, sender=User)
    pre_delete.receivers = [*pre_delete.receivers, *before]
    pre_delete.sender_receivers_cache.clear()

    user.delete()

    pre_delete.receivers = before
    pre_delete.sender_receivers_cache.clear()
    assert len(revoked) == 2
    assert late[0] in revoked
    assert not SignIn.objects.exists()


def update_where_different(user: User, **values: Any) -> None:
    User.objects.filter(pk=user.pk).exclude(**values).update(**values)


def update_group(user: User, **values: Any) -> None:
    group = Group.objects.create(name="all")
    group.user_set.add(user)
    group.user_set.update(**values)


@pytest.mark.parametrize("change", [update_where_different, update_group])
@pytest.mark.parametrize(
    "values",
    [
        {"password": make_password("another long sentence")},
        {"email": "ada@example.org"},
        {"email": Concat(Value("new-"), F("email"))},
        *({"is_active": False}, {"is_staff": True}, {"is_superuser": True}),
    ],
)
def test_update_of_any_query_revokes_sign_ins(
    user: User, start: Start, change: Callable[..., None], values: dict[str, Any]
) -> None:
    """A02, A04: values can be expressions."""
    start(user)
    change(user, **values)
    assert not sign_ins.live(user).exists()


def test_deferred_fields_take_one_query_and_are_not_saved(
    user: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    deferred = User.from_db("default", ["id"], [user.pk])
    with django_assert_num_queries(1):
        assert (deferred.email, deferred.name, deferred.is_active) == (user.email, "Ada", True)
    User.objects.update(is_active=False)

    deferred.name = "Countess"
    deferred.save()

    assert User.objects.values_list("name", "is_active").get() == ("Countess", False)


def test_cascade_from_another_model_revokes(user: User, start: Start, revoked: list[UUID]) -> None:
    """A04: a model of a team may own users or sign-ins."""
    sign_in = start(user)
    pre_delete.send(SignIn, instance=sign_in, using="default", origin=object())
    assert revoked == [sign_in.pk]


@pytest.fixture
def _few_parameters(db: None) -> Iterator[None]:
    """Limit a statement of SQLite to fewer parameters than there are users."""
    if connection.vendor != "sqlite":
        yield
        return
    database, limit = connection.connection, sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER
    before = database.setlimit(limit, 1100)
    yield
    database.setlimit(limit, before)


@pytest.mark.usefixtures("_few_parameters")
def test_bulk_update_takes_more_users_than_a_statement_takes_parameters(
    user: User, start: Start
) -> None:
    many = [User(email=f"{number}@example.org", password="old") for number in range(1500)]
    User.objects.bulk_create(many, batch_size=50)
    sign_in = start(user)

    User.objects.update(password=make_password("another long sentence"))

    assert sign_ins.find_live(sign_in.pk) is None


def test_change_that_one_save_left_out_is_saved_by_the_next(user: User) -> None:
    user.is_active = False
    user.save(update_fields=["name"])
    user.save()
    assert not User.objects.get().is_active


def test_refreshed_user_saves_changes(user: User) -> None:
    User.objects.update(name="Augusta", is_active=False, is_staff=True)
    user.refresh_from_db(fields=["name", "is_active"])
    assert (user.name, user.is_active, user.is_staff) == ("Augusta", False, False)
    user.is_active = True
    user.save()
    assert User.objects.values_list("is_active", "is_staff").get() == (True, True)


@pytest.mark.parametrize(("meanwhile", "correct"), [(NEW_PASSWORD, False), (PASSWORD, True)])
def test_upgrade_keeps_a_hash_that_was_stored_during_the_check(
    user: User,
    start: Start,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    meanwhile: str,
    correct: bool,
) -> None:
    """A08: another request changed the password or upgraded its hash."""
    settings.PASSWORD_HASHERS = [ARGON2, *settings.PASSWORD_HASHERS]
    genuine = hashers.check_password

    def check(raw: str, encoded: str, setter: Any = None) -> bool:
        def late(raw: str) -> None:
            User.objects.update(password=make_password(meanwhile))
            setter(raw)

        return genuine(raw, encoded, setter=late if setter else None)

    monkeypatch.setattr(hashers, "check_password", check)

    assert user.check_password(PASSWORD) is correct

    assert User.objects.get().check_password(meanwhile)
    if correct:
        assert user.password == User.objects.get().password
        assert start(user)
