"""The ports of the tests' own servers."""

from __future__ import annotations

import socket
from pathlib import Path

from tests.servers.ports import free_port


def test_no_outgoing_connection_takes_one() -> None:
    range_of_linux = Path("/proc/sys/net/ipv4/ip_local_port_range")
    first = int(range_of_linux.read_text().split()[0]) if range_of_linux.exists() else 49_152

    assert 1024 < free_port() < first


def test_one_that_somebody_listens_at_is_passed_over() -> None:
    taken = free_port()
    with socket.create_server(("127.0.0.1", taken)):
        assert taken not in {free_port() for _ in range(1_000)}
    assert taken in {free_port() for _ in range(1_000)}
