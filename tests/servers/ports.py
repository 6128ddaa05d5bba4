"""Ports for the servers of the tests, which nothing else takes before they listen."""

from __future__ import annotations

import os
import random
import socket
from itertools import count

# Linux gives outgoing connections a port from 32768 on: a server that starts later, or again,
# would find its own taken. Each worker of pytest-xdist has a thousand to itself.
_FIRST, _EACH = 20_000, 1_000
_worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_steps = count(random.randrange(_EACH))  # noqa: S311 - a port is no secret


def free_port() -> int:
    """Return a port of 127.0.0.1 that is free, another one each time."""
    while True:
        port = _FIRST + _worker * _EACH + next(_steps) % _EACH
        with socket.socket() as probe:
            # A connection that ended a moment ago does not keep a server from listening.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
