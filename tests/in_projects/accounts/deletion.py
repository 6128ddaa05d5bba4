"""Users whom another process deletes while a request of theirs is handled."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
from django.db import OperationalError, connection, connections

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
    """Deletes a user before one query of a request.

    If a lock of the request prevents that, it tries again before each following query.
    """

    def __init__(self, user: User, number: int, other_process: ThreadPoolExecutor) -> None:
        self.user, self.number, self.other_process = user, number, other_process
        self.count, self.waits = 0, True

    def __call__(self, execute: Callable[..., Any], sql: str, *arguments: Any) -> Any:
        # Deleting before a savepoint is deleting before the query that follows.
        if self.waits and "SAVEPOINT" not in sql:
            self.count += 1
            if self.count >= self.number:
                self.waits = False
                self.waits = not self._delete()
        return execute(sql, *arguments)

    def _delete(self) -> bool:
        """Delete the user unless that is locked, and return whether it was deleted."""
        if connection.vendor != "sqlite":
            return self.other_process.submit(self._delete_in_thread).result()
        if connection.in_atomic_block:
            # In a transaction of the request, no other process could write.
            return False
        User.objects.filter(pk=self.user.pk).delete()
        return True

    def _delete_in_thread(self) -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '20ms'")
        with suppress(OperationalError):
            User.objects.filter(pk=self.user.pk).delete()
            return True
        return False


def statuses(prepare: Callable[[User], Send], create: Callable[[], User]) -> set[int]:
    """Send a request once for each of its queries, and delete its user before that query.

    Args:
        prepare: prepares the request of a user, and returns the function that sends it.
        create: creates a user for each request.

    Returns:
        The statuses of the responses.
    """
    found, number = set(), 1
    with ThreadPoolExecutor(1) as other_process:
        while True:
            user = create()
            send = prepare(user)
            deletion = Deletion(user, number, other_process)
            with connection.execute_wrapper(deletion):
                found.add(send().status_code)
            if deletion.waits:
                break
            number = deletion.count + 1
        other_process.submit(connections.close_all)
    return found
