"""Users whom another process deletes while a request of theirs is handled."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
from django.db import OperationalError, connection

from accounts.models import User

Send = Callable[[], Any]


@pytest.fixture(
    params=[False, pytest.param(True, marks=pytest.mark.postgresql)],
    ids=["autocommit", "atomic requests"],
)
def each_transaction_mode(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run a test without and with `ATOMIC_REQUESTS`."""
    monkeypatch.setitem(connection.settings_dict, "ATOMIC_REQUESTS", request.param)


class Deletion:
    """Deletes a user immediately before one query of a request."""

    def __init__(self, user: User, number: int) -> None:
        self.user, self.left = user, number

    def __call__(self, execute: Callable[..., Any], *arguments: Any) -> Any:
        self.left -= 1
        if self.left == 0:
            self._delete()
        return execute(*arguments)

    def _delete(self) -> None:
        if connection.vendor != "sqlite":
            with ThreadPoolExecutor(1) as other_process:
                other_process.submit(self._delete_unless_locked).result()
        elif not connection.in_atomic_block:
            # In a transaction of the request, no other process could write.
            User.objects.filter(pk=self.user.pk).delete()

    def _delete_unless_locked(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '20ms'")
        with suppress(OperationalError):
            User.objects.filter(pk=self.user.pk).delete()
        connection.close()


def statuses(prepare: Callable[[User], Send], create: Callable[[], User]) -> set[int]:
    """Send a request once for each of its queries, and delete its user before that query.

    Args:
        prepare: prepares the request of a user, and returns the function that sends it.
        create: creates a user for each request.

    Returns:
        The statuses of the responses.
    """
    found, number = set(), 1
    while True:
        user = create()
        send = prepare(user)
        deletion = Deletion(user, number)
        with connection.execute_wrapper(deletion):
            found.add(send().status_code)
        if deletion.left > 0:
            return found
        number += 1
