"""Many sign-ins of a user, and sign-ins without an IP address."""

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import SignIn, User
from accounts.services import authentication, sign_ins
from tests.accounts.conftest import Start
from web.client_info import ClientInfo


def clean_up(_: User) -> None:
    ended = timezone.now() - timedelta(days=31)
    SignIn.objects.update(idle_ends_at=ended, ends_at=ended)
    call_command("clean_up", stdout=StringIO())


@pytest.mark.parametrize(
    "end", [sign_ins.revoke_all, lambda user: SignIn.objects.filter(user=user).delete(), clean_up]
)
def test_ending_many_takes_no_more_queries_than_ending_one(
    user: User, start: Start, end: Callable[[User], Any]
) -> None:
    """A11: no query for each row."""
    counts = []
    for number in (1, 20):
        for _ in range(number):
            start(user)
        with CaptureQueriesContext(connection) as queries:
            end(user)
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_user_without_an_ip_address_is_known_nowhere(user: User, start: Start) -> None:
    """As behind a socket, where no proxy names one."""
    unknown = ClientInfo(None, "")
    assert unknown.network == "unknown"

    start(user, client=unknown)

    assert not authentication.is_known(user.email, unknown)
