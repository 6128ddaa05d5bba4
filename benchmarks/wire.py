"""A proxy that counts what a client and a server send to each other."""

from __future__ import annotations

import socket
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit, urlunsplit

if TYPE_CHECKING:
    from collections.abc import Callable

# A type and a size, or the size of the first message and a part of its version.
SHORTEST = 5
CONTROL = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "SET ")


@dataclass
class Traffic:
    """What was sent since the last reset.

    Attributes:
        trips: how often the server had to respond before the client continued.
        statements: SQL statements or Redis commands, in order.
    """

    trips: int = 0
    statements: list[str] = field(default_factory=list)

    def reset(self) -> None:
        """Forget everything."""
        self.trips, self.statements = 0, []

    @property
    def control(self) -> int:
        """How many statements begin or end a transaction."""
        return sum(each.startswith(CONTROL) for each in self.statements)


def read_postgresql(pending: bytearray, first: list[bool]) -> list[str]:
    """Remove whole messages from the front of what a client sent, and return the statements.

    Args:
        pending: the bytes that are not read yet.
        first: whether the next message is the first one, which has no type.
    """
    found = []
    while len(pending) >= SHORTEST:
        start = 0 if first[0] else 1
        size = int.from_bytes(pending[start : start + 4]) + start
        if len(pending) < size:
            break
        kind, body = pending[:1], bytes(pending[start + 4 : size])
        del pending[:size]
        if first[0]:
            # A request for TLS (80877103) is followed by another first message.
            first[0] = body[:4] == (80877103).to_bytes(4)
        elif kind == b"Q":
            found.append(body.rstrip(b"\0").decode(errors="replace"))
        elif kind == b"P":
            found.append(body.split(b"\0")[1].decode(errors="replace"))
    return [each for each in found if each]


def read_redis(pending: bytearray, _: list[bool]) -> list[str]:
    """Remove whole commands from the front of what a client sent, and return their names."""
    found: list[str] = []
    while pending.startswith(b"*"):
        parts = bytes(pending).split(b"\r\n", 1)
        if len(parts) == 1:
            break
        position, words = len(parts[0]) + 2, []
        for _number in range(int(parts[0][1:])):
            end = pending.find(b"\r\n", position)
            if end < 0:
                return found
            size = int(pending[position + 1 : end])
            words.append(bytes(pending[end + 2 : end + 2 + size]))
            position = end + 2 + size + 2
        if len(pending) < position:
            break
        del pending[:position]
        found.append(words[0].decode(errors="replace").upper())
    return found


class Proxy:
    """A proxy in front of a server, which counts its traffic."""

    def __init__(
        self, url: str, default_port: int, read: Callable[[bytearray, list[bool]], list[str]]
    ) -> None:
        self._parts, self._read = urlsplit(url), read
        self._target = (self._parts.hostname or "127.0.0.1", self._parts.port or default_port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.traffic = Traffic()
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    def url(self, of: str) -> str:
        """Return the URL of a server with this proxy in front of it."""
        parts = urlsplit(of)
        user = parts.netloc.rpartition("@")[0]
        place = f"127.0.0.1:{self._listener.getsockname()[1]}"
        return urlunsplit(parts._replace(netloc=f"{user}@{place}" if user else place))

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(self._target)
            for each in (client, server):
                each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            # Whether the client has sent something that the server has not responded to.
            asked = [False]
            for ends, is_client in (((client, server), True), ((server, client), False)):
                threading.Thread(
                    target=self._pass_on,
                    args=(*ends, asked),
                    kwargs={"is_client": is_client},
                    daemon=True,
                ).start()

    def _pass_on(
        self, source: socket.socket, target: socket.socket, asked: list[bool], *, is_client: bool
    ) -> None:
        pending, first = bytearray(), [True]
        try:
            while data := source.recv(65536):
                with self._lock:
                    if is_client:
                        pending += data
                        self.traffic.statements += self._read(pending, first)
                        self.traffic.trips += not asked[0]
                    asked[0] = is_client
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            source.close()
            target.close()


def postgresql(url: str) -> Proxy:
    """Return a proxy in front of PostgreSQL."""
    return Proxy(url, 5432, read_postgresql)


def redis(url: str) -> Proxy:
    """Return a proxy in front of Redis."""
    return Proxy(url, 6379, read_redis)
