"""Costs of an operation that depend on no clock."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple
from unittest.mock import patch

from django.apps import apps
from django.contrib.auth import hashers
from django.db import connection
from django.test.utils import CaptureQueriesContext
from redis.connection import AbstractConnection

# Revoking a sign-in looks up those that are linked with it, where there are any.
LINKED = int(apps.is_installed("token_auth.with_sessions"))


class Costs(NamedTuple):
    """SQL statements without savepoints, commands to Redis, hashes of passwords, log lines."""

    sql: int
    redis: int
    hashes: int
    lines: int


class _Lines(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.count = 0

    def emit(self, _: logging.LogRecord) -> None:
        self.count += 1


def costs_of(operation: Callable[[], Any]) -> Costs:
    """Run an operation once, so that its caches are full, and return what the second run costs."""
    operation()
    hasher = type(hashers.get_hasher())
    lines = _Lines()
    with (
        _counted(AbstractConnection, "send_packed_command") as commands,
        _counted(hasher, "encode") as hashes,
        CaptureQueriesContext(connection) as queries,
    ):
        logging.getLogger().addHandler(lines)
        try:
            operation()
        finally:
            logging.getLogger().removeHandler(lines)
    statements = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
    return Costs(len(statements), len(commands), len(hashes), lines.count)


@contextmanager
def _counted(owner: type, name: str) -> Iterator[list[None]]:
    found: list[None] = []
    genuine = getattr(owner, name)

    def counted(*arguments: Any, **options: Any) -> Any:
        found.append(None)
        return genuine(*arguments, **options)

    with patch.object(owner, name, counted):
        yield found
