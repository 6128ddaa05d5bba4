"""Sign-ins end when their rows are deleted in any way."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.db.models.signals import pre_delete
from django.test.utils import isolate_apps
from django.utils import timezone

from accounts import receivers
from accounts.models import SignIn, User
from accounts.services import sign_ins, staff
from tests.accounts.conftest import Start

WAYS: dict[str, Callable[[User], Any]] = {
    "row": lambda user: user.sign_ins.get().delete(),
    "rows": lambda user: SignIn.objects.filter(user=user).delete(),
    "rows of the user": lambda user: user.sign_ins.all().delete(),
    "user": lambda user: user.delete(),
    "users": lambda user: User.objects.filter(pk=user.pk).delete(),
}

# Proxies of both models, as a team makes them to have further lists in the admin. They are made
# once, because Django knows the sender of a signal by the address of its class.
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


@pytest.mark.parametrize("way", WAYS)
def test_deleted_sign_in_is_revoked(
    user: User, other: User, start: Start, revoked: list[UUID], way: str
) -> None:
    """A04: by any code that deletes it."""
    deleted, kept = start(user).pk, start(other)

    WAYS[way](user)

    assert revoked == [deleted]
    assert list(SignIn.objects.all()) == list(sign_ins.live(other)) == [kept]


@pytest.mark.parametrize("way", WAYS)
def test_deleted_expired_sign_in_is_not_reported(
    user: User, start: Start, revoked: list[UUID], way: str
) -> None:
    start(user)
    SignIn.objects.update(idle_ends_at=timezone.now(), ends_at=timezone.now())

    WAYS[way](user)

    assert revoked == []
    assert not SignIn.objects.exists()


def test_cascade_from_another_model_revokes(user: User, start: Start, revoked: list[UUID]) -> None:
    """A04: a model of a team may own users or sign-ins."""
    sign_in = start(user)
    pre_delete.send(SignIn, instance=sign_in, using="default", origin=object())
    assert revoked == [sign_in.pk]


def test_sign_in_that_starts_while_the_user_is_deleted_ends(
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
