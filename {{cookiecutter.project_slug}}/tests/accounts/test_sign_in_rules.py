"""Grace, sign-ins within others, use, and ending one."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.conf import settings
from django.utils import timezone

from accounts.models import SignIn, User
from accounts.services import sign_ins
from web.client_info import ClientInfo

HERE = ClientInfo("192.0.2.1", "a browser")
SECOND = timedelta(seconds=1)
GRACE = timedelta(seconds=10)


@pytest.fixture
def now() -> datetime:
    return timezone.now().replace(microsecond=0)


def rotate(
    sign_in: SignIn, presented: str, *replacements: str, grace: timedelta = GRACE
) -> tuple[SignIn, str]:
    return sign_ins.rotate(
        sign_in.pk, sign_in.user_id, presented=presented, replacements=replacements, grace=grace
    )


@pytest.mark.parametrize(
    ("late", "good"), [(GRACE - SECOND, True), (GRACE, False), (GRACE + SECOND, False)]
)
def test_rotate_repeated_within_the_grace_returns_the_same_replacement(
    user: User, kind: str, now: datetime, late: timedelta, good: bool
) -> None:
    """B01: after the grace, the sign-in ends."""
    with time_machine.travel(now, tick=False) as clock:
        sign_in = sign_ins.start(user, kind, "first", client=HERE)
        rotated, _ = rotate(sign_in, "first", "second")
        clock.move_to(now + late)
        if good:
            repeated, found = rotate(sign_in, "first", "second")
            assert found == "second"
            assert sign_ins.holds(repeated, "second")
            assert repeated.idle_ends_at == rotated.idle_ends_at
        else:
            with pytest.raises(sign_ins.CredentialReusedError):
                rotate(sign_in, "first", "second")
        assert sign_ins.live(user).exists() is good


def test_rotate_repeated_with_another_replacement_returns_the_one_in_place(
    user: User, kind: str
) -> None:
    """B01: the keys that derive the replacement were rotated in the meantime."""
    sign_in = sign_ins.start(user, kind, "first", client=HERE)
    rotate(sign_in, "first", "second")

    assert rotate(sign_in, "first", "new", "second")[1] == "second"


def test_rotate_repeated_without_the_replacement_in_place_ends_the_sign_in(
    user: User, kind: str
) -> None:
    sign_in = sign_ins.start(user, kind, "first", client=HERE)
    rotate(sign_in, "first", "second")

    with pytest.raises(sign_ins.CredentialReusedError):
        rotate(sign_in, "first", "other")

    assert not sign_ins.live(user).exists()


def test_rotate_with_the_credential_before_the_previous_one_ends_the_sign_in(
    user: User, kind: str
) -> None:
    sign_in = sign_ins.start(user, kind, "first", client=HERE)
    rotate(sign_in, "first", "second")
    rotate(sign_in, "second", "third")

    with pytest.raises(sign_ins.CredentialReusedError):
        rotate(sign_in, "first", "second")


def test_rotate_without_a_previous_credential_accepts_no_empty_one(user: User, kind: str) -> None:
    sign_in = sign_ins.start(user, kind, "first", client=HERE)

    with pytest.raises(sign_ins.CredentialReusedError):
        rotate(sign_in, "", "more")


def test_rotate_for_another_user_is_refused_and_changes_nothing(user: User, kind: str) -> None:
    """A06."""
    sign_in = sign_ins.start(user, kind, "first", client=HERE)

    with pytest.raises(sign_ins.SignInEndedError):
        sign_ins.rotate(sign_in.pk, uuid4(), presented="first", replacements=["second"])

    assert rotate(sign_in, "first", "second")[1] == "second"


def test_a_sign_in_within_another_ends_no_later(user: User, kind: str, now: datetime) -> None:
    idle, absolute = (settings.SIGN_IN_LIMITS[kind][name] for name in ("idle", "absolute"))
    with time_machine.travel(now, tick=False) as clock:
        first = sign_ins.start(user, kind, "a", client=HERE)
        early = sign_ins.start(user, kind, "b", client=HERE, within=first)
        SignIn.objects.filter(pk=first.pk).update(idle_ends_at=first.ends_at)
        clock.move_to(now + absolute - 2 * SECOND)
        late = sign_ins.start(user, kind, "c", client=HERE, within=first)

    assert early.ends_at == late.ends_at == late.idle_ends_at == first.ends_at
    assert early.idle_ends_at == now + idle


def test_use_moves_the_idle_end_and_no_further_than_the_end(
    user: User, kind: str, now: datetime
) -> None:
    idle = settings.SIGN_IN_LIMITS[kind]["idle"]
    with time_machine.travel(now, tick=False) as clock:
        sign_in = sign_ins.start(user, kind, "a", client=HERE)
        for at in (now + 10 * SECOND, sign_in.ends_at - SECOND):
            clock.move_to(at)
            sign_ins.note_use(sign_in)
            found = SignIn.objects.get()
            assert found.last_used_at == at
            assert found.idle_ends_at == min(at + idle, sign_in.ends_at)
            assert found.ends_at == sign_in.ends_at


def test_the_last_one_used_comes_first(user: User, kind: str, now: datetime) -> None:
    with time_machine.travel(now, tick=False) as clock:
        first = sign_ins.start(user, kind, "a", client=HERE)
        clock.move_to(now + SECOND)
        second = sign_ins.start(user, kind, "b", client=HERE)
        assert list(sign_ins.live(user)) == [second, first]
        clock.move_to(now + 2 * SECOND)
        sign_ins.note_use(first)
        assert list(sign_ins.live(user)) == [first, second]


def test_one_is_ended_by_its_user_and_once(user: User, kind: str) -> None:
    other = User.objects.create_user("grace@example.com", email_verified_at=timezone.now())
    sign_in, second = (sign_ins.start(user, kind, name, client=HERE) for name in "ab")

    assert not sign_ins.revoke_one(other, sign_in.pk)
    assert not sign_ins.revoke_one(user, uuid4())
    assert sign_ins.live(user).count() == 2
    assert sign_ins.revoke_one(user, sign_in.pk)
    assert not sign_ins.revoke_one(user, sign_in.pk)
    assert list(sign_ins.live(user)) == [second]


def test_a_sign_in_names_its_device(user: User, kind: str) -> None:
    agent = "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0"

    assert (
        sign_ins.start(user, kind, "a", client=ClientInfo(None, agent)).device
        == "Firefox on Linux"
    )
