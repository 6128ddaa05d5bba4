"""The shipped reverse proxy, in front of nodes on this machine."""

from __future__ import annotations

import getpass
import shutil
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
import requests

from tests.costs import record
from tests.servers.certificates import hash_of_key, make_certificate
from tests.servers.ports import free_port
from tests.servers.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


HOST = "example.com"


@dataclass(frozen=True)
class Proxy:
    """Where it listens, and what it shows."""

    http: int
    https: int
    certificate: Path
    key_hash: str


@contextmanager
def nginx(folder: Path, shipped: Path, *binds: str) -> Iterator[Proxy]:
    """Start nginx with the shipped configuration, in front of two nodes.

    Change only IP addresses, ports, and the folders of the certificate and of temporary files.
    """
    if shutil.which("nginx") is None:
        pytest.skip("there is no nginx")
    folder.mkdir()
    certificate, key = make_certificate(folder / "tls", HOST)
    proxy = Proxy(free_port(), free_port(), certificate, hash_of_key(key))
    text = shipped.read_text("utf-8")
    for old, new in (
        ("/tmp/", f"{folder}/"),
        ("/etc/nginx/tls/", f"{folder}/tls/"),
        ("listen 8080", f"listen 127.0.0.1:{proxy.http}"),
        ("listen 8443", f"listen 127.0.0.1:{proxy.https}"),
        ("web-1:8000", binds[0]),
        ("web-2:8000", binds[1]),
    ):
        assert old in text, old
        text = text.replace(old, new)
    (folder / "nginx.conf").write_text(text)
    log = folder / "nginx.log"
    # If nginx is started as root, its workers could otherwise not enter the folder.
    options = f"daemon off; user {getpass.getuser()};"
    command = ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf"), "-g", options]
    record("server")
    server = subprocess.Popen(command, stdout=log.open("wb"), stderr=subprocess.STDOUT)
    try:
        wait_until(lambda: answers(proxy) or server.poll() is not None)
        assert server.poll() is None, log.read_text()
        yield proxy
    finally:
        server.terminate()
        server.wait(timeout=120)


def answers(proxy: Proxy) -> bool:
    """Return whether it redirects to TLS."""
    url = f"http://127.0.0.1:{proxy.http}/"
    try:
        answer = requests.get(url, headers={"Host": HOST}, allow_redirects=False, timeout=60)
    except (requests.ConnectionError, requests.Timeout):
        return False
    return answer.is_redirect
