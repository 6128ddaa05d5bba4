"""Changes of accounts end sign-ins and prevent new ones; stale users do not undo them."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.forms import modelform_factory

from accounts.models import SECURITY_FIELDS, SignIn, User
from accounts.services import sign_ins
from tests.accounts.conftest import NEW_PASSWORD, Start
from tests.conftest import PASSWORD

CHANGES: dict[str, Any] = {
    "password": "!another",
    "email": "ada@example.org",
    "is_active": False,
    "is_staff": True,
    "is_superuser": True,
    "email_verified_at": None,
}
GUARDED = {**CHANGES, "reset_requested_at": datetime(2026, 1, 1, tzinfo=UTC)}


def save_all(user: User, **values: Any) -> None:
    for name, value in values.items():
        setattr(user, name, value)
    user.save()


def save_some(user: User, **values: Any) -> None:
    for name, value in values.items():
        setattr(user, name, value)
    user.save(update_fields=list(values))


def signed_in(user: User) -> int:
    return sign_ins.live(user).count()


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


def test_deleted_user_is_refused(user: User, start: Start) -> None:
    User.objects.all().delete()
    with pytest.raises(sign_ins.SignInRefusedError):
        start(user)


@pytest.mark.parametrize("save", [save_all, save_some])
@pytest.mark.parametrize("name", [*SECURITY_FIELDS, "password"])
def test_change_of_a_security_field_ends_the_sign_ins_of_that_user(
    user: User, other: User, start: Start, save: Callable[..., None], name: str
) -> None:
    """A04: code may also assign the hash of a password instead of using set_password()."""
    for each in (user, user, other):
        start(each)

    save(user, **{name: CHANGES[name]})

    assert (signed_in(user), signed_in(other)) == (0, 1)


@pytest.mark.parametrize("name", ["is_staff", "is_superuser"])
def test_losing_a_role_ends_sign_ins(user: User, start: Start, name: str) -> None:
    save_all(user, **{name: True})
    start(user)
    save_all(user, **{name: False})
    assert signed_in(user) == 0


def test_new_password_ends_sign_ins(user: User, start: Start) -> None:
    start(user)
    user.set_password(NEW_PASSWORD)
    user.save()
    assert signed_in(user) == 0


@pytest.mark.parametrize("save", [save_all, save_some])
@pytest.mark.parametrize(
    ("name", "value"), [("name", "Countess"), ("email", "ADA@Example.com"), ("is_staff", False)]
)
def test_saving_without_a_change_of_security_fields_ends_nothing(
    user: User, start: Start, save: Callable[..., None], name: str, value: object
) -> None:
    start(user)
    save(user, **{name: value})
    assert signed_in(user) == 1


def test_sign_in_that_makes_the_change_continues(user: User, start: Start) -> None:
    this, _ = start(user), start(user)
    user.current_sign_in_id = this.pk

    save_all(user, email="ada@example.org")

    assert list(sign_ins.live(user)) == [this]


def test_new_user_has_no_sign_ins_to_end(db: None) -> None:
    user = User(email="new@example.com")
    user.set_password(PASSWORD)
    user.save()

    assert signed_in(user) == 0


@pytest.mark.parametrize(("name", "value"), GUARDED.items())
def test_saving_a_stale_user_keeps_changes_of_others(user: User, name: str, value: object) -> None:
    """A02: a session that saved its profile in a loop restored the password before a change."""
    stale = User.objects.get()
    User.objects.update(**{name: value})

    save_all(stale, name="Countess")

    assert User.objects.values_list("name", name).get() == ("Countess", value)


def test_saving_a_stale_user_ends_no_sign_in(user: User, start: Start) -> None:
    stale = User.objects.get()
    save_all(user, is_staff=True)
    start(user)
    save_all(stale, name="Countess")
    assert signed_in(user) == 1


def test_form_of_a_team_keeps_changes_of_others(user: User) -> None:
    """A02: the same by any form."""
    stale = User.objects.get()
    User.objects.update(password="!another")

    modelform_factory(User, fields=["name"])({"name": "Countess"}, instance=stale).save()

    assert User.objects.values_list("name", "password").get() == ("Countess", "!another")


def test_saving_a_user_with_deferred_fields_keeps_changes_of_others(user: User) -> None:
    stale = User.from_db("default", ["id"], [user.pk])
    assert stale.is_active
    User.objects.update(is_active=False)

    save_all(stale, name="Countess")

    assert not User.objects.get().is_active


@pytest.mark.parametrize(("name", "value"), GUARDED.items())
def test_change_of_a_loaded_user_is_saved_there_and_back(
    user: User, name: str, value: object
) -> None:
    loaded = User.objects.get()
    for each in (value, getattr(user, name)):
        save_all(loaded, **{name: each})
        assert User.objects.values_list(name, flat=True).get() == each


def test_change_that_one_save_left_out_is_saved_by_the_next(user: User) -> None:
    user.is_active = False
    user.save(update_fields=["name"])
    user.save()
    assert not User.objects.get().is_active


def test_refreshed_user_saves_changes(user: User) -> None:
    User.objects.update(is_active=False)
    user.refresh_from_db(fields=["is_active"])
    save_all(user, is_active=True)
    assert User.objects.get().is_active


def test_saving_a_deleted_user_does_not_restore_the_account(user: User) -> None:
    stale = User.objects.get()
    user.delete()
    with pytest.raises(User.DoesNotExist):
        stale.save()
    assert not User.objects.exists()
