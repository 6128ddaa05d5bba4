from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import SignIn, User
from accounts.services import sign_ins, staff
from accounts.signals import sign_ins_revoked
from web.client_info import ClientInfo

HERE = ClientInfo("192.0.2.1", "a browser")
SECOND = timedelta(seconds=1)


@pytest.fixture
def now() -> datetime:
    return timezone.now().replace(microsecond=0)


def test_a_sign_in_remembers_when_and_from_where(user: User, kind: str) -> None:
    sign_in = sign_ins.start(user, kind, "secret", client=HERE)
    assert (sign_in.kind, sign_in.ip_address, sign_in.user_agent) == (
        kind,
        "192.0.2.1",
        "a browser",
    )
    assert sign_in.ends_at - sign_in.created_at == settings.SIGN_IN_LIMITS[kind]["absolute"]
    assert sign_in.idle_ends_at - sign_in.created_at == settings.SIGN_IN_LIMITS[kind]["idle"]


def test_no_credential_is_stored(user: User, kind: str) -> None:
    sign_ins.start(user, kind, "secret", client=HERE)
    assert "secret" not in str(SignIn.objects.values())


def test_a_credential_is_held_until_it_is_replaced(user: User, kind: str) -> None:
    sign_in = sign_ins.start(user, kind, "first", client=HERE)
    assert sign_ins.holds(sign_in, "first")
    sign_ins.rotate(sign_in.pk, user.pk, presented="first", replacements=["second"])
    sign_in.refresh_from_db()
    assert not sign_ins.holds(sign_in, "first")
    assert sign_ins.holds(sign_in, "second")


def test_a_credential_used_twice_ends_the_sign_in(user: User, kind: str) -> None:
    sign_in = sign_ins.start(user, kind, "first", client=HERE)
    sign_ins.rotate(sign_in.pk, user.pk, presented="first", replacements=["second"])
    with pytest.raises(sign_ins.CredentialReusedError):
        sign_ins.rotate(sign_in.pk, user.pk, presented="first", replacements=["third"])
    with pytest.raises(sign_ins.SignInEndedError):
        sign_ins.rotate(sign_in.pk, user.pk, presented="second", replacements=["third"])


def test_an_unknown_sign_in_has_ended(db: None) -> None:
    with pytest.raises(sign_ins.SignInEndedError):
        sign_ins.rotate(uuid4(), uuid4(), presented="first", replacements=["second"])
    assert sign_ins.find_live(uuid4()) is None


@pytest.mark.parametrize("limit", ["idle", "absolute"])
def test_a_sign_in_lives_to_the_second(user: User, kind: str, limit: str, now: datetime) -> None:
    idle, absolute = (settings.SIGN_IN_LIMITS[kind][name] for name in ("idle", "absolute"))
    with time_machine.travel(now, tick=False) as clock:
        sign_in = sign_ins.start(user, kind, "0", client=HERE)
        end = now + idle
        count = 0
        while limit == "absolute" and end < now + absolute:
            clock.move_to(end - SECOND)
            sign_in, _ = sign_ins.rotate(
                sign_in.pk, user.pk, presented=str(count), replacements=[str(count + 1)]
            )
            end, count = sign_in.idle_ends_at, count + 1
        assert end == now + settings.SIGN_IN_LIMITS[kind][limit]
        clock.move_to(end - SECOND)
        assert sign_ins.find_live(sign_in.pk) == sign_in
        for late in (end, end + SECOND):
            clock.move_to(late)
            assert sign_ins.find_live(sign_in.pk) is None
            assert not sign_ins.live(user).exists()


def test_ending_is_told_once_and_doing_it_again_changes_nothing(user: User, kind: str) -> None:
    told: list[Any] = []

    def hear(sign_ins: list[SignIn], **_: Any) -> None:
        told.append([row.pk for row in sign_ins])

    sign_ins_revoked.connect(hear)
    sign_in = sign_ins.start(user, kind, "first", client=HERE)
    sign_ins.revoke_all(user)
    sign_in.refresh_from_db()
    ended = sign_in.revoked_at
    sign_ins.revoke([sign_in])
    sign_ins.revoke_all(user)
    sign_in.refresh_from_db()
    assert sign_in.revoked_at == ended
    assert told[0] == [sign_in.pk]
    sign_ins_revoked.disconnect(hear)


def test_ending_all_can_keep_one_and_touches_nobody_else(user: User, kind: str) -> None:
    other = User.objects.create_user("grace@example.com", email_verified_at=timezone.now())
    kept, _, foreign = (
        sign_ins.start(whose, kind, name, client=HERE)
        for whose, name in ((user, "a"), (user, "b"), (other, "c"))
    )
    sign_ins.revoke_all(user, keep=kept.pk)
    assert list(sign_ins.live(user)) == [kept]
    assert list(sign_ins.live(other)) == [foreign]


def test_deactivation_ends_every_sign_in(user: User, kind: str) -> None:
    sign_in = sign_ins.start(user, kind, "a", client=HERE)
    staff.deactivate(user)
    sign_in.refresh_from_db()
    assert sign_in.revoked_at is not None


def test_deletion_tells_of_every_sign_in(user: User, kind: str) -> None:
    told: list[Any] = []

    def hear(sign_ins: list[SignIn], **_: Any) -> None:
        told.extend(row.pk for row in sign_ins)

    sign_ins_revoked.connect(hear)
    sign_in = sign_ins.start(user, kind, "a", client=HERE)
    user.delete()
    assert told == [sign_in.pk]
    sign_ins_revoked.disconnect(hear)


def test_a_sign_in_cannot_idle_past_its_end(user: User, kind: str) -> None:
    sign_in = sign_ins.start(user, kind, "a", client=HERE)
    with pytest.raises(IntegrityError), transaction.atomic():
        SignIn.objects.filter(pk=sign_in.pk).update(idle_ends_at=sign_in.ends_at + SECOND)


def test_a_credential_belongs_to_one_sign_in(user: User, kind: str) -> None:
    sign_ins.start(user, kind, "a", client=HERE)
    with pytest.raises(IntegrityError), transaction.atomic():
        sign_ins.start(user, kind, "a", client=HERE)
