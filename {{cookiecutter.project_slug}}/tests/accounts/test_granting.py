"""Who is granted a sign-in, and how many of them."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from pytest_django import Settings

from accounts.models import SignIn, User
from accounts.services import sign_ins
from tests.conftest import HERE

CHANGES: dict[str, Any] = {
    "password": "!another",
    "email": "grace@example.com",
    "is_active": False,
    "is_staff": True,
    "is_superuser": True,
    "email_verified_at": None,
}


@pytest.mark.parametrize(("name", "value"), CHANGES.items())
def test_an_account_that_changed_since_the_check_is_refused(
    user: User, kind: str, name: str, value: object
) -> None:
    """A02, A05: by any statement that changed it."""
    User.objects.update(**{name: value})

    with pytest.raises(sign_ins.SignInRefusedError):
        sign_ins.start(user, kind, "a", client=HERE)

    assert not SignIn.objects.exists()
    assert User.objects.get().last_login is None


@pytest.mark.parametrize("name", ["password", "email", "is_staff", "is_superuser"])
def test_an_account_that_changed_before_the_check_is_granted_a_sign_in(
    user: User, kind: str, name: str
) -> None:
    User.objects.update(**{name: CHANGES[name]})

    assert sign_ins.start(User.objects.get(), kind, "a", client=HERE)


@pytest.mark.parametrize("name", ["is_active", "email_verified_at"])
def test_a_user_who_may_not_sign_in_is_refused(user: User, kind: str, name: str) -> None:
    """A05: also as loaded."""
    setattr(user, name, CHANGES[name])
    user.save()

    with pytest.raises(PermissionDenied):
        sign_ins.start(user, kind, "a", client=HERE)

    assert not SignIn.objects.exists()


def test_a_deleted_user_is_refused(user: User, kind: str) -> None:
    User.objects.all().delete()

    with pytest.raises(sign_ins.SignInRefusedError):
        sign_ins.start(user, kind, "a", client=HERE)


def test_a_sign_in_without_a_credential_is_an_error(user: User, kind: str) -> None:
    """A01: the absence of a credential is none."""
    with pytest.raises(ValueError, match="credential"):
        sign_ins.start(user, kind, "", client=HERE)

    assert not SignIn.objects.exists()


def test_signing_in_is_the_last_login_and_continuing_is_not(user: User, kind: str) -> None:
    first = sign_ins.start(user, kind, "a", client=HERE)
    before = User.objects.get().last_login
    assert before == first.created_at

    sign_ins.start(user, kind, "b", client=HERE, within=first)

    assert User.objects.get().last_login == before


@pytest.mark.parametrize("how", ["revoked", "rotated", "expired", "deleted"])
def test_a_sign_in_that_ended_cannot_be_continued(user: User, kind: str, how: str) -> None:
    """A02: the row is looked at again under its lock."""
    first = sign_ins.start(user, kind, "a", client=HERE)
    row = SignIn.objects.filter(pk=first.pk)
    if how == "revoked":
        row.update(revoked_at=timezone.now())
    elif how == "rotated":
        row.update(credential_hash=sign_ins.hash_credential("b"))
    elif how == "expired":
        row.update(idle_ends_at=timezone.now())
    else:
        row.delete()

    with pytest.raises(sign_ins.SignInRefusedError):
        sign_ins.start(user, kind, "c", client=HERE, within=first)

    assert sign_ins.live(user).exists() is (how == "rotated")


def test_one_sign_in_too_many_ends_the_least_recently_used(
    user: User, kind: str, settings: Settings, time_machine: time_machine.TimeMachineFixture
) -> None:
    """A11: the number of sign-ins of a user is bounded."""
    settings.MAX_SIGN_INS_PER_USER = 3
    now: datetime = timezone.now()
    started = []
    for number in range(3):
        time_machine.move_to(now + timedelta(seconds=number), tick=False)
        started.append(sign_ins.start(user, kind, str(number), client=HERE))
    sign_ins.note_use(started[0])

    last = sign_ins.start(user, kind, "last", client=HERE)

    assert {row.pk for row in sign_ins.live(user)} == {started[0].pk, started[2].pk, last.pk}
    assert SignIn.objects.get(pk=started[1].pk).revoked_at is not None


def test_the_sign_in_that_is_continued_makes_no_room(
    user: User, kind: str, settings: Settings
) -> None:
    settings.MAX_SIGN_INS_PER_USER = 2
    first = sign_ins.start(user, kind, "a", client=HERE)
    second = sign_ins.start(user, kind, "b", client=HERE)

    third = sign_ins.start(user, kind, "c", client=HERE, within=first)

    assert {row.pk for row in sign_ins.live(user)} == {first.pk, third.pk}
    assert not sign_ins.live(user).filter(pk=second.pk).exists()


def test_the_sign_ins_of_others_make_no_room(user: User, kind: str, settings: Settings) -> None:
    settings.MAX_SIGN_INS_PER_USER = 1
    other = User.objects.create_user("grace@example.com", email_verified_at=timezone.now())
    kept = sign_ins.start(other, kind, "a", client=HERE)

    sign_ins.start(user, kind, "b", client=HERE)

    assert list(sign_ins.live(other)) == [kept]
