"""The number of concurrent sign-ins that a user can have."""

from datetime import timedelta

from django.utils import timezone
from pytest_django import Settings
from time_machine import TimeMachineFixture

from accounts.models import SignIn, User
from accounts.services import sign_ins
from tests.accounts.conftest import Start


def test_surplus_sign_in_ends_the_least_recently_used(
    user: User,
    other: User,
    start: Start,
    settings: Settings,
    time_machine: TimeMachineFixture,
) -> None:
    """A11: those of other users make no room."""
    settings.MAX_SIGN_INS_PER_USER = 3
    now = timezone.now()
    kept = start(other)
    started = []
    for number in range(3):
        time_machine.move_to(now + timedelta(seconds=number), tick=False)
        started.append(start(user))
    sign_ins.note_use(started[0])

    last = start(user)

    assert set(sign_ins.live(user)) == {started[0], started[2], last}
    assert SignIn.objects.get(pk=started[1].pk).revoked_at is not None
    assert list(sign_ins.live(other)) == [kept]


def test_continued_sign_in_makes_no_room(user: User, start: Start, settings: Settings) -> None:
    settings.MAX_SIGN_INS_PER_USER = 2
    first, _ = start(user), start(user)

    third = start(user, within=first)

    assert set(sign_ins.live(user)) == {first, third}
