"""W: properties of every response."""

import pytest

from tests.attacks.checks import assert_gives_nothing_away, assert_headers
from tests.attacks.server import END, HONEST, Server, status_of

LIVE, CONTACT = "/health/live/", "/.well-known/security.txt"
FINE = f"GET {LIVE} HTTP/1.1\r\n".encode() + HONEST
ANSWERS = {
    200: [LIVE, "/health/ready/"],
    400: ["/%00", "/accounts/%00/", "/?next=%00", "/health/live/?a=%00"],
    404: ["/nothing/", "/%C3%A9", "/<script>alert(1)</script>", "/{{9871*1237}}", "/%3Cscript%3E"],
}
CLAIMS = [
    *({"X-Forwarded-Host": "evil.test"}, {"Forwarded": "host=evil.test;proto=http"}),
    *({"X-Original-URL": "/nothing/"}, {"X-Forwarded-Port": "1"}, {"X-Forwarded-Prefix": "/evil"}),
    *({"SCRIPT_NAME": "/evil"}, {"Script-Name": "/evil"}, {"PATH_INFO": "/evil"}),
    *({"REMOTE_ADDR": "127.0.0.1"}, {"X_FORWARDED_PROTO": "https"}, {"X-Forwarded-Ssl": "on"}),
    {"X-Http-Method-Override": "DELETE"},
]
LEFT_LYING_ABOUT = """
    /.env /.git/config /manage.py /db.sqlite3 /static/ /media/ /static/../config/settings/base.py
    /static/..%2f..%2fetc/passwd /static//etc/passwd /metrics /__debug__/ /silk/ /api-auth/login/
    /admin/
"""


@pytest.mark.parametrize(
    ("status", "path"), [(status, path) for status, paths in ANSWERS.items() for path in paths]
)
def test_w01_to_w07_every_response_has_the_headers(server: Server, status: int, path: str) -> None:
    """R1, W01, W02, W03, W04, W05, W06, W07, W17, W22, W30, ASVS 3.4.1, 3.4.3 to 3.4.6, 16.5.1.

    A NUL does not reach the database, and a page that is missing does not repeat its path.
    """
    answer = server.call("GET", path)

    assert answer.status == status
    assert_headers(answer)
    assert_gives_nothing_away(answer)


@pytest.mark.parametrize("host", ["evil.test", "x@example.com", "10.0.3.17:8000", "a b", ""])
def test_w08_unknown_host_is_rejected_with_the_headers(server: Server, host: str) -> None:
    """W08, W22, E03, ASVS 3.4.6, 13.4.6: except by health checks, as load balancers need it."""
    answer = server.call("GET", CONTACT, headers={"Host": host})
    health = server.call("GET", LIVE, headers={"Host": host})

    assert answer.status == 400
    assert_gives_nothing_away(answer)
    assert (health.status, health.text) == (200, '{"status": "ok"}')
    for each in (answer, health):
        assert_headers(each)


@pytest.mark.parametrize("headers", CLAIMS, ids=str)
def test_w09_w10_host_scheme_and_path_headers_are_ignored(
    server: Server, headers: dict[str, str]
) -> None:
    """W01, W09, W10, W21, E04, ASVS 4.1.3, RFC 6797 section 7.2: also from this machine."""
    plain = server.call("GET", CONTACT, headers=headers, scheme="http")
    health = server.call("GET", LIVE, headers=headers, scheme="http")
    honest = server.call("GET", CONTACT, headers=headers)

    assert plain.status in {301, 403}
    assert (health.status, honest.status) == (200, 200)
    for answer in (plain, health, honest):
        assert ("Strict-Transport-Security" in answer.headers) is (answer is honest)
        assert b"evil" not in bytes(answer.headers) + answer.body


@pytest.mark.parametrize("method", ["TRACE", "FOO", "PROPFIND"])
def test_w21_other_methods_are_rejected(server: Server, method: str) -> None:
    """W21, ASVS 4.1.4, 13.4.4."""
    answer = server.call(method, LIVE)

    assert answer.status == 405
    assert b"X-Forwarded" not in answer.body
    assert_headers(answer)


@pytest.mark.parametrize("path", LEFT_LYING_ABOUT.split())
def test_w22_w23_no_internal_files_or_pages_are_served(server: Server, path: str) -> None:
    """W22, W23, ASVS 13.4.1, 13.4.3, 13.4.7."""
    received = server.raw(f"GET {path} HTTP/1.1\r\n".encode() + HONEST + END)

    assert status_of(received) == 404
    assert b"SECRET_KEY" not in received
    assert b"root:" not in received


@pytest.mark.parametrize(
    "lines",
    [
        b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
        b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n",
        b"Content-Length: 4\r\nContent-Length: 5\r\n",
        b"Transfer-Encoding : chunked\r\n",
    ],
    ids=str,
)
def test_w24_ambiguous_request_is_rejected(server: Server, lines: bytes) -> None:
    """W24, ASVS 4.2.1, RFC 9112 section 11.2: one error, then the connection is closed."""
    second = FINE.replace(LIVE.encode(), b"/nothing/") + END

    received = server.raw(FINE + lines + b"\r\n0\r\n\r\n" + second)

    assert status_of(received) in {400, 501}
    assert received.count(b"HTTP/1.1 ") == 1
    assert server.raw(FINE + b"\r\n" + FINE + END).count(b"HTTP/1.1 200") == 2
