"""The reverse proxy as it is shipped, in front of nodes that run here."""

from __future__ import annotations

import base64
import getpass
import hashlib
import shutil
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
import requests

from tests.nodes import wait_until
from tests.test_journey import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True)
class Proxy:
    """Where it listens, and which key it shows."""

    http: int
    https: int
    key_hash: str


@contextmanager
def nginx(project: Path, *binds: str) -> Iterator[Proxy]:
    """Start nginx with the project's own configuration, before two nodes.

    Nothing is changed in it but addresses, ports, the folder of the certificate and that of
    temporary files.
    """
    if shutil.which("nginx") is None:
        pytest.skip("there is no nginx")
    folder = project.parent / "nginx"
    folder.mkdir()
    proxy = Proxy(free_port(), free_port(), make_certificate(folder))
    text = (project / "deploy/compose/nginx.conf").read_text("utf-8")
    for shipped, here in (
        ("/tmp/", f"{folder}/"),
        ("/etc/nginx/tls/", f"{folder}/"),
        ("listen 8080", f"listen 127.0.0.1:{proxy.http}"),
        ("listen 8443", f"listen 127.0.0.1:{proxy.https}"),
        ("web-1:8000", binds[0]),
        ("web-2:8000", binds[1]),
    ):
        assert shipped in text, shipped
        text = text.replace(shipped, here)
    (folder / "nginx.conf").write_text(text)
    log = folder / "nginx.log"
    # Who starts it as root would otherwise have workers that may not enter the folder.
    options = f"daemon off; user {getpass.getuser()};"
    command = ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf"), "-g", options]
    server = subprocess.Popen(command, stdout=log.open("wb"), stderr=subprocess.STDOUT)
    try:
        wait_until(lambda: answers(proxy) or server.poll() is not None)
        assert server.poll() is None, log.read_text()
        yield proxy
    finally:
        server.terminate()
        server.wait(timeout=30)


def answers(proxy: Proxy) -> bool:
    """Return whether it redirects to TLS."""
    url = f"http://127.0.0.1:{proxy.http}/"
    try:
        answer = requests.get(
            url, headers={"Host": "example.com"}, allow_redirects=False, timeout=5
        )
    except requests.ConnectionError:
        return False
    return answer.is_redirect


def make_certificate(folder: Path) -> str:
    """Make a key and its certificate for example.com, and return the hash of the public key."""

    def openssl(*words: str | Path) -> bytes:
        done = subprocess.run(["openssl", *words], cwd=folder, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    openssl(
        *("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"),
        *("-keyout", "privkey.pem", "-out", "fullchain.pem", "-days", "2"),
        *("-subj", "/CN=example.com", "-addext", "subjectAltName=DNS:example.com"),
    )
    public = openssl("pkey", "-in", "privkey.pem", "-pubout", "-outform", "der")
    return base64.b64encode(hashlib.sha256(public).digest()).decode()
