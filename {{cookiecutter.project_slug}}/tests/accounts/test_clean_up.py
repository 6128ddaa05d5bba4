"""`manage.py clean_up` deletes sign-ins that ended a while ago, in batches."""

from collections.abc import Callable
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
from tests.accounts.conftest import Start

SECOND = timedelta(seconds=1)
NOW = datetime(2040, 1, 1, tzinfo=UTC)


def clean_up(*options: str) -> str:
    out = StringIO()
    call_command("clean_up", *options, stdout=out)
    return out.getvalue()


def revoke(sign_in: SignIn) -> datetime:
    sign_ins.revoke([sign_in])
    assert sign_in.revoked_at is not None
    return sign_in.revoked_at


@pytest.mark.parametrize("end", [lambda sign_in: sign_in.idle_ends_at, revoke])
@pytest.mark.parametrize(("options", "days"), [(["--keep-days", "0"], 0), ([], 30)])
def test_ended_sign_in_is_kept_for_the_days_of_the_option_or_30(
    user: User,
    start: Start,
    end: Callable[[SignIn], datetime],
    options: list[str],
    days: int,
) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        ended = end(start(user))
        clock.move_to(ended + timedelta(days=days) - SECOND)
        live = start(user)
        assert "Deleted 0 ended sign-ins." in clean_up(*options)
        clock.move_to(ended + timedelta(days=days))
        assert "Deleted 1 ended sign-ins." in clean_up(*options)

    assert list(SignIn.objects.all()) == [live]


def test_no_statement_deletes_more_than_a_batch(user: User, start: Start) -> None:
    sign_ins.revoke([start(user) for _ in range(5)])
    live = start(user)

    with CaptureQueriesContext(connection) as queries:
        printed = clean_up("--keep-days", "0", "--batch", "2")

    statements = [query["sql"] for query in queries]
    assert sum(sql.startswith('DELETE FROM "accounts_signin"') for sql in statements) == 3
    assert "Deleted 5 ended sign-ins." in printed
    assert list(SignIn.objects.all()) == [live]


def test_receivers_of_the_signal_clean_up_too(db: None) -> None:
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
def test_invalid_number_is_refused(db: None, option: tuple[str, str]) -> None:
    with pytest.raises(CommandError, match=option[0]):
        clean_up(*option)


def test_sign_in_of_a_kind_that_is_not_configured_is_deleted(user: User, start: Start) -> None:
    given_up, kept = start(user), start(user)
    SignIn.objects.filter(pk=given_up.pk).update(kind="given-up")

    assert "Deleted 1 ended sign-ins." in clean_up()

    assert list(SignIn.objects.all()) == [kept]
