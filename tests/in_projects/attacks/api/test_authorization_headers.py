"""J: more forms of the Authorization header, as raw bytes."""

import pytest

from tests.attacks.api.client import ME, Caller
from tests.attacks.server import END, HONEST, Server, status_of

HEAD = f"GET {ME} HTTP/1.1\r\n".encode() + HONEST


@pytest.mark.parametrize(
    "lines",
    [
        b"Authorization: Bearer {access}\r\nAuthorization: Bearer {access}\r\n",
        b"Authorization: Bearer {access} {access}\r\n",
        b"Authorization: Bearer\t{access}\r\n",
        b"Authorization: bearer {access}\r\n",
        b"Authorization: Basic {access}\r\n",
        b"Authorization: Bearer \xf0\x9f\x98\x80\r\n",
        b"Authorization: Bearer " + b"x" * 8000 + b"\r\n",
        b"Authorization:\r\n",
        b"Authorization\x00: Bearer {access}\r\n",
    ],
    ids=lambda lines: str(lines[:60]),
)
def test_j20_j22_malformed_or_repeated_header_is_rejected(
    server: Server, holder: Caller, lines: bytes
) -> None:
    """J20, J22, RFC 6750 section 2.1: sent as raw bytes, because client libraries refuse to."""
    honest = f"Authorization: Bearer {holder.access}\r\n".encode()
    sent = lines.replace(b"{access}", holder.access.encode())

    assert status_of(server.raw(HEAD + honest + END)) == 200
    assert status_of(server.raw(HEAD + sent + END)) in {400, 401}
