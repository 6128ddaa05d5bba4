"""Sign-ins end when their rows are deleted in any way."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from io import StringIO
from typing import Any
from uuid import UUID

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models.signals import pre_delete
from django.test.utils import CaptureQueriesContext, isolate_apps
from django.utils import timezone

from accounts import receivers
from accounts.models import SignIn, User
from accounts.services import sign_ins, staff
from accounts.signals import sign_ins_revoked
from tests.conftest import HERE

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


@pytest.fixture
def told() -> Iterator[list[UUID]]:
    """The sign-ins that were reported as revoked."""
    found: list[UUID] = []

    def hear(sign_ins: list[SignIn], **_: Any) -> None:
        found.extend(sign_in.pk for sign_in in sign_ins)

    sign_ins_revoked.connect(hear)
    yield found
    sign_ins_revoked.disconnect(hear)


@pytest.mark.parametrize("way", WAYS)
def test_a_deleted_sign_in_is_revoked(user: User, kind: str, told: list[UUID], way: str) -> None:
    """A04: by any code that deletes it."""
    other = User.objects.create_user("grace@example.com", email_verified_at=timezone.now())
    deleted = sign_ins.start(user, kind, "a", client=HERE).pk
    kept = sign_ins.start(other, kind, "b", client=HERE)

    WAYS[way](user)

    assert told == [deleted]
    assert list(SignIn.objects.all()) == [kept]
    assert list(sign_ins.live(other)) == [kept]


@pytest.mark.parametrize("way", WAYS)
def test_an_expired_sign_in_is_deleted_without_a_word(
    user: User, kind: str, told: list[UUID], way: str
) -> None:
    sign_in = sign_ins.start(user, kind, "a", client=HERE)
    SignIn.objects.update(idle_ends_at=timezone.now(), ends_at=timezone.now())

    WAYS[way](user)

    assert told == []
    assert not SignIn.objects.filter(pk=sign_in.pk).exists()


def test_a_cascade_from_elsewhere_revokes(user: User, kind: str, told: list[UUID]) -> None:
    """A04: a model of a team may own users or sign-ins."""
    sign_in = sign_ins.start(user, kind, "a", client=HERE)

    pre_delete.send(SignIn, instance=sign_in, using="default", origin=object())

    assert told == [sign_in.pk]


def test_a_sign_in_that_begins_while_the_user_is_deleted_ends(
    user: User, kind: str, told: list[UUID]
) -> None:
    """A02: Django collects the rows to delete before it deletes the user."""
    late: list[UUID] = []

    def sign_in_late(instance: User, **_: Any) -> None:
        late.append(sign_ins.start(instance, kind, "late", client=HERE).pk)

    sign_ins.start(user, kind, "a", client=HERE)
    before, pre_delete.receivers = pre_delete.receivers, []
    pre_delete.connect(sign_in_late, sender=User)
    pre_delete.receivers = [*pre_delete.receivers, *before]
    pre_delete.sender_receivers_cache.clear()

    user.delete()

    pre_delete.receivers = before
    pre_delete.sender_receivers_cache.clear()
    assert len(told) == 2
    assert late[0] in told
    assert not SignIn.objects.exists()


def queries_of(number: int, user: User, kind: str, end: Callable[[User], Any]) -> int:
    for each in range(number):
        sign_ins.start(user, kind, f"{number} {each}", client=HERE)
    with CaptureQueriesContext(connection) as queries:
        end(user)
    return len(queries)


@pytest.mark.parametrize("end", [sign_ins.revoke_all, WAYS["rows"]])
def test_ending_many_takes_no_more_queries_than_ending_one(
    user: User, kind: str, end: Callable[[User], Any]
) -> None:
    """A11: no query for each row."""
    assert queries_of(1, user, kind, end) == queries_of(20, user, kind, end)


def test_housekeeping_takes_no_query_for_each_row(user: User, kind: str) -> None:
    def clean_up(_: User) -> None:
        ended = timezone.now() - timedelta(days=31)
        SignIn.objects.update(idle_ends_at=ended, ends_at=ended)
        call_command("clean_up", stdout=StringIO())

    assert queries_of(1, user, kind, clean_up) == queries_of(20, user, kind, clean_up)


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
def test_what_is_done_to_a_proxy_counts(
    user: User, kind: str, told: list[UUID], end: Callable[[Any, Any], Any]
) -> None:
    """A04: Django's signals name the class of the proxy."""
    sign_in = sign_ins.start(user, kind, "a", client=HERE).pk

    end(Colleague.objects.get(), Device.objects.get())

    assert told == [sign_in]
