"""`manage.py clean_up` deletes what has ended a while ago, a little at a time."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import SignIn, User
from accounts.services import sign_ins
from accounts.signals import cleaning_up
from web.client_info import ClientInfo

HERE = ClientInfo("192.0.2.1", "a browser")
SECOND = timedelta(seconds=1)
NOW = datetime(2040, 1, 1, tzinfo=UTC)


def clean_up(*options: str) -> str:
    out = StringIO()
    call_command("clean_up", *options, stdout=out)
    return out.getvalue()


def start(user: User, kind: str, credential: str = "a") -> SignIn:
    return sign_ins.start(user, kind, credential, client=HERE)


def end_idle(sign_in: SignIn) -> datetime:
    return sign_in.idle_ends_at


def end_early(sign_in: SignIn) -> datetime:
    sign_ins.revoke([sign_in])
    assert sign_in.revoked_at is not None
    return sign_in.revoked_at


@pytest.mark.parametrize("end", [end_idle, end_early])
@pytest.mark.parametrize(
    ("late", "kept"), [(-SECOND, True), (timedelta(0), False), (SECOND, False)]
)
@pytest.mark.parametrize("days", [0, 30])
def test_what_has_ended_is_kept_for_so_many_days(
    user: User, kind: str, end: object, late: timedelta, kept: bool, days: int
) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        ended = end(start(user, kind))  # type: ignore[operator]
        clock.move_to(ended + timedelta(days=days) + late)
        second = start(user, kind, "b")

        clean_up("--keep-days", str(days))

    found = {sign_in.pk for sign_in in SignIn.objects.all()}
    assert second.pk in found
    assert (len(found) == 2) is kept


def test_thirty_days_unless_told_otherwise(user: User, kind: str) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        end_early(start(user, kind))
        clock.move_to(NOW + timedelta(days=30) - SECOND)
        assert "Deleted 0 ended sign-ins." in clean_up()
        clock.move_to(NOW + timedelta(days=30))
        assert "Deleted 1 ended sign-ins." in clean_up()
        assert "Deleted 0 ended sign-ins." in clean_up()


def test_no_statement_deletes_more_than_a_batch(user: User, kind: str) -> None:
    sign_ins.revoke([start(user, kind, str(number)) for number in range(5)])
    live = start(user, kind, "live")

    with CaptureQueriesContext(
        connection,
    ) as queries:
        printed = clean_up("--keep-days", "0", "--batch", "2")

    deletes = [
        query["sql"]
        for query in queries
        if query["sql"].startswith('DELETE FROM "accounts_signin"')
    ]
    assert len(deletes) == 3
    assert "Deleted 5 ended sign-ins." in printed
    assert list(SignIn.objects.all()) == [live]


def test_others_clean_up_with_it(db: None) -> None:
    batches = []

    def receive(batch: int, **_: object) -> str:
        batches.append(batch)
        return "3 old papers"

    cleaning_up.connect(receive)
    printed = clean_up("--batch", "7")
    cleaning_up.disconnect(receive)

    assert "Deleted 3 old papers." in printed
    assert batches == [7]


@pytest.mark.parametrize("option", [("--keep-days", "-1"), ("--batch", "0"), ("--batch", "many")])
def test_bad_numbers_are_refused(db: None, option: tuple[str, str]) -> None:
    with pytest.raises(CommandError, match=option[0]):
        clean_up(*option)


def test_a_kind_that_was_given_up_goes_at_once(user: User, kind: str) -> None:
    given_up, kept = start(user, kind), start(user, kind, "b")
    SignIn.objects.filter(pk=given_up.pk).update(kind="given-up")

    assert "Deleted 1 ended sign-ins." in clean_up()

    assert [sign_in.pk for sign_in in SignIn.objects.all()] == [kept.pk]
