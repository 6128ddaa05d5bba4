"""Saving a user who was loaded before another request changed the account."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.forms import modelform_factory

from accounts.models import User

ELSEWHERE: dict[str, Any] = {
    "password": "!another",
    "email": "grace@example.com",
    "is_active": False,
    "is_staff": True,
    "is_superuser": True,
    "email_verified_at": None,
    "reset_requested_at": datetime(2026, 1, 1, tzinfo=UTC),
}


@pytest.mark.parametrize(("name", "value"), ELSEWHERE.items())
def test_saving_a_stale_user_keeps_what_was_changed_elsewhere(
    user: User, name: str, value: object
) -> None:
    """A02: a session that saved its profile in a loop restored the password before a change."""
    stale = User.objects.get()
    User.objects.update(**{name: value})

    stale.name = "Ada"
    stale.save()

    assert User.objects.values_list("name", name).get() == ("Ada", value)


def test_a_form_of_a_team_keeps_what_was_changed_elsewhere(user: User) -> None:
    """A02: the same by any form."""
    stale = User.objects.get()
    User.objects.update(password="!another")

    modelform_factory(User, fields=["name"])({"name": "Ada"}, instance=stale).save()

    assert User.objects.values_list("name", "password").get() == ("Ada", "!another")


@pytest.mark.parametrize(("name", "value"), ELSEWHERE.items())
def test_a_change_of_a_loaded_user_is_saved(user: User, name: str, value: object) -> None:
    loaded = User.objects.get()
    setattr(loaded, name, value)
    loaded.save()
    assert User.objects.values_list(name, flat=True).get() == value

    # And back, by the same instance.
    setattr(loaded, name, getattr(user, name))
    loaded.save()
    assert User.objects.values_list(name, flat=True).get() == getattr(user, name)


def test_a_change_that_one_save_left_out_is_saved_by_the_next(user: User) -> None:
    user.is_active = False
    user.save(update_fields=["name"])
    user.save()
    assert not User.objects.get().is_active


def test_a_user_whose_fields_were_deferred_keeps_what_was_changed_elsewhere(user: User) -> None:
    stale = User.from_db("default", ["id"], [user.pk])
    assert stale.is_active
    User.objects.update(is_active=False)

    stale.name = "Ada"
    stale.save()

    assert not User.objects.get().is_active


def test_a_refreshed_user_saves_changes(user: User) -> None:
    User.objects.update(is_active=False)
    user.refresh_from_db(fields=["is_active"])
    user.is_active = True
    user.save()
    assert User.objects.get().is_active


def test_saving_a_user_who_was_deleted_does_not_restore_the_account(user: User) -> None:
    stale = User.objects.get()
    user.delete()
    with pytest.raises(User.DoesNotExist):
        stale.save()
    assert not User.objects.exists()
