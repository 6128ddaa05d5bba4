"""Certificates that only tests trust."""

from __future__ import annotations

import base64
import hashlib
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def openssl(*words: str | Path) -> bytes:
    done = subprocess.run(["openssl", *words], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def make_certificate(folder: Path, host: str) -> tuple[Path, Path]:
    """Create `fullchain.pem` and `privkey.pem` in a new folder, and return the folder."""
    folder.mkdir()
    certificate, key = folder / "fullchain.pem", folder / "privkey.pem"
    openssl(
        *("req", "-x509", "-nodes", "-days", "2", "-subj", f"/CN={host}"),
        *("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"),
        *("-addext", f"subjectAltName=DNS:{host}", "-keyout", key, "-out", certificate),
    )
    return certificate, key


def hash_of_key(key: Path) -> str:
    """Return the hash of the public key, with which a browser can trust it."""
    public = openssl("pkey", "-in", key, "-pubout", "-outform", "der")
    return base64.b64encode(hashlib.sha256(public).digest()).decode()
