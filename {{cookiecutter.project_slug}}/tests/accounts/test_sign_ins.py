"""Limits, rotation, use and revocation of sign-ins, and what they say about their clients."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.core import mail
from django.db import IntegrityError, transaction
from time_machine import TimeMachineFixture

from accounts.models import SignIn, User
from accounts.services import sign_ins
from tests.accounts.conftest import Start
from tests.conftest import HERE

SECOND = timedelta(seconds=1)
GRACE = timedelta(seconds=10)
NONE = timedelta(0)
PAST = datetime(2020, 1, 1, tzinfo=UTC)


def rotate(
    sign_in: SignIn, presented: str, *replacements: str, grace: timedelta = GRACE
) -> tuple[SignIn, str]:
    return sign_ins.rotate(
        sign_in.pk, sign_in.user_id, presented=presented, replacements=replacements, grace=grace
    )


def test_sign_in_stores_limits_and_client_and_no_credential(
    user: User, start: Start, kind: str
) -> None:
    sign_in = start(user, "secret")

    assert sign_in.kind == kind
    assert (sign_in.ip_address, sign_in.user_agent) == (HERE.ip_address, HERE.user_agent)
    assert str(sign_in).startswith(f"{kind} sign-in ")
    limits = settings.SIGN_IN_LIMITS[kind]
    assert sign_in.ends_at - sign_in.created_at == limits["absolute"]
    assert sign_in.idle_ends_at - sign_in.created_at == limits["idle"]
    assert sign_ins.holds(sign_in, "secret")
    assert "secret" not in str(SignIn.objects.values())


@pytest.mark.parametrize(
    ("current", "presented", "replacement", "grace"),
    [
        ("b", "a", "c", NONE),
        ("b", "a", "other", GRACE),
        ("bc", "a", "b", GRACE),
        ("", "", "b", GRACE),
    ],
    ids=["previous", "without the replacement in place", "before the previous", "none"],
)
def test_reused_credential_ends_the_sign_in(
    user: User, start: Start, current: str, presented: str, replacement: str, grace: timedelta
) -> None:
    sign_in = start(user, "a")
    for before, after in zip(f"a{current}", current, strict=False):
        rotate(sign_in, before, after)

    with pytest.raises(sign_ins.CredentialReusedError):
        rotate(sign_in, presented, replacement, grace=grace)

    assert not sign_ins.live(user).exists()
    with pytest.raises(sign_ins.SignInEndedError):
        rotate(sign_in, f"a{current}"[-1], "d")


@pytest.mark.parametrize(("late", "valid"), [(GRACE - SECOND, True), (GRACE, False)])
def test_rotation_repeated_within_the_grace_returns_the_same_replacement(
    user: User,
    start: Start,
    clock: TimeMachineFixture,
    now: datetime,
    late: timedelta,
    valid: bool,
) -> None:
    """B01: after the grace, the sign-in ends."""
    sign_in = start(user, "first")
    rotated, _ = rotate(sign_in, "first", "second")
    clock.move_to(now + late)
    if valid:
        # The keys that derive the replacement may have been rotated in the meantime.
        repeated, found = rotate(sign_in, "first", "new", "second")
        assert found == "second"
        assert sign_ins.holds(repeated, "second")
        assert repeated.idle_ends_at == rotated.idle_ends_at
    else:
        with pytest.raises(sign_ins.CredentialReusedError):
            rotate(sign_in, "first", "second")
    assert sign_ins.live(user).exists() is valid


def test_rotation_for_another_user_is_refused_and_changes_nothing(
    user: User, start: Start
) -> None:
    """A06: nor is a sign-in that does not exist rotated."""
    sign_in = start(user, "first")

    for sign_in_id, user_id in ((sign_in.pk, uuid4()), (uuid4(), user.pk)):
        with pytest.raises(sign_ins.SignInEndedError):
            sign_ins.rotate(sign_in_id, user_id, presented="first", replacements=["second"])

    assert rotate(sign_in, "first", "second")[1] == "second"


@pytest.mark.parametrize("limit", ["idle", "absolute"])
def test_sign_in_ends_on_the_second(
    user: User, start: Start, kind: str, limit: str, clock: TimeMachineFixture, now: datetime
) -> None:
    idle, absolute = (settings.SIGN_IN_LIMITS[kind][name] for name in ("idle", "absolute"))
    sign_in = start(user, "0")
    end = now + idle
    count = 0
    while limit == "absolute" and end < now + absolute:
        clock.move_to(end - SECOND)
        sign_in, _ = rotate(sign_in, str(count), str(count + 1))
        end, count = sign_in.idle_ends_at, count + 1
    assert end == now + settings.SIGN_IN_LIMITS[kind][limit]
    clock.move_to(end - SECOND)
    assert sign_ins.find_live(sign_in.pk) == sign_in
    clock.move_to(end)
    assert sign_ins.find_live(sign_in.pk) is None
    assert not sign_ins.live(user).exists()


def test_sign_in_within_another_ends_no_later_and_is_no_login_to_notify_of(
    user: User, start: Start, kind: str, clock: TimeMachineFixture, now: datetime
) -> None:
    first = start(user)
    early = start(user, within=first)
    SignIn.objects.filter(pk=first.pk).update(idle_ends_at=first.ends_at)
    clock.move_to(first.ends_at - 2 * SECOND)
    late = start(user, client=replace(HERE, ip_address=None, user_agent="another"), within=first)

    assert mail.outbox == []
    assert early.ends_at == late.ends_at == late.idle_ends_at == first.ends_at
    assert early.idle_ends_at == now + settings.SIGN_IN_LIMITS[kind]["idle"]
    assert User.objects.get().last_login == now


def test_use_moves_the_idle_end_up_to_the_absolute_one(
    user: User, start: Start, kind: str, clock: TimeMachineFixture, now: datetime
) -> None:
    sign_in = start(user)
    for at in (now + 10 * SECOND, sign_in.ends_at - SECOND):
        clock.move_to(at)
        sign_ins.note_use(sign_in)
        found = SignIn.objects.get()
        idle_end = at + settings.SIGN_IN_LIMITS[kind]["idle"]
        assert found.last_used_at == at
        assert found.idle_ends_at == min(idle_end, sign_in.ends_at)
        assert found.ends_at == sign_in.ends_at


def test_most_recently_used_sign_in_comes_first(
    user: User, start: Start, clock: TimeMachineFixture, now: datetime
) -> None:
    first = start(user)
    clock.move_to(now + SECOND)
    second = start(user)
    assert list(sign_ins.live(user)) == [second, first]
    clock.move_to(now + 2 * SECOND)
    sign_ins.note_use(first)
    assert list(sign_ins.live(user)) == [first, second]


def test_only_its_user_revokes_a_sign_in_and_only_once(
    user: User, other: User, start: Start, revoked: list[UUID]
) -> None:
    sign_in, second = start(user), start(user)

    assert not sign_ins.revoke_one(other, sign_in.pk)
    assert not sign_ins.revoke_one(user, uuid4())
    assert sign_ins.live(user).count() == 2
    assert sign_ins.revoke_one(user, sign_in.pk)
    first = SignIn.objects.get(pk=sign_in.pk).revoked_at
    assert not sign_ins.revoke_one(user, sign_in.pk)
    sign_ins.revoke([sign_in])

    assert list(sign_ins.live(user)) == [second]
    assert SignIn.objects.get(pk=sign_in.pk).revoked_at == first
    assert revoked[0] == sign_in.pk


def test_sign_in_that_cannot_be_is_refused(user: User, start: Start, kind: str) -> None:
    """A01: the absence of a credential is none."""
    with pytest.raises(ValueError, match="credential"):
        sign_ins.start(user, kind, "", client=HERE)
    sign_in = start(user, "a")
    with pytest.raises(IntegrityError), transaction.atomic():
        start(user, "a")
    with pytest.raises(IntegrityError), transaction.atomic():
        SignIn.objects.update(idle_ends_at=sign_in.ends_at + SECOND)
    assert SignIn.objects.get() == sign_in


@pytest.mark.parametrize(
    "change",
    [
        {"revoked_at": PAST},
        {"idle_ends_at": PAST},
        {"credential_hash": sign_ins.hash_credential("another")},
        {},
    ],
    ids=["revoked", "expired", "rotated", "deleted"],
)
def test_ended_sign_in_cannot_be_continued(
    user: User, start: Start, change: dict[str, object]
) -> None:
    """A02: the row is looked at again under its lock."""
    first = start(user)
    if change:
        SignIn.objects.update(**change)
    else:
        SignIn.objects.all().delete()

    with pytest.raises(sign_ins.SignInRefusedError):
        start(user, within=first)

    assert sign_ins.live(user).exists() is ("credential_hash" in change)


def test_user_has_the_language_of_the_latest_sign_in_that_asked_for_one(
    user: User, start: Start
) -> None:
    for asked, stored in (("", ""), ("de", "de"), ("", "de"), ("en", "en")):
        start(user, client=replace(HERE, language=asked))
        user.refresh_from_db()
        assert user.language == stored
