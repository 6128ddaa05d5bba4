"""Ports for test servers that no other process takes before the servers listen."""

from __future__ import annotations

import os
import random
import socket
import tempfile
from itertools import count
from pathlib import Path

from filelock import FileLock, Timeout

# Linux gives outgoing connections a port from 32768 on: a server that starts later, or again,
# would find its own taken. Each worker of pytest-xdist has a thousand to itself.
_FIRST, _EACH = 20_000, 1_000
_worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_steps = count(random.randrange(_EACH))  # noqa: S311 - a port is no secret
# Locks keep other runs on this machine from choosing the same port; the system releases them when
# this process ends.
_locks: list[FileLock] = []


def free_port() -> int:
    """Return a free port of 127.0.0.1, a different one each time."""
    folder = Path(tempfile.gettempdir()) / "template-test-ports"
    folder.mkdir(exist_ok=True)
    while True:
        port = _FIRST + _worker * _EACH + next(_steps) % _EACH
        lock = FileLock(folder / str(port))
        try:
            lock.acquire(blocking=False)
        except Timeout:
            continue
        with socket.socket() as probe:
            # A connection that has just ended does not prevent a server from listening.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                lock.release()
                continue
        _locks.append(lock)
        return port
