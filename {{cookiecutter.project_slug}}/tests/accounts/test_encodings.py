"""Requests are read as UTF-8, regardless of the character set that they name."""

import asyncio
from io import BytesIO
from typing import Any

import pytest
from django.test import RequestFactory

from config.wsgi import application
from web.charset import utf_8_only, utf_8_only_async

CHARSETS = [
    *("base64", "hex", "rot13", "zlib", "idna", "punycode", "undefined", "unicode_escape"),
    *("utf-7", "utf-16", "latin-1", "mbcs", "nonsense", '"base64"', '"base64', ""),
]
FORM = "application/x-www-form-urlencoded"


def status_of(path: str, content_type: str) -> int:
    """Call the service as a server does."""
    environ = RequestFactory().generic("POST", path, b"a=%ff", content_type=FORM).environ
    told: list[str] = []
    environ |= {"CONTENT_TYPE": content_type, "wsgi.input": BytesIO(b"a=%ff")}
    list(application(environ, lambda status, *_: told.append(status)))
    return int(told[0].split()[0])


@pytest.mark.parametrize("charset", CHARSETS)
@pytest.mark.parametrize("kind", [FORM, "application/json"])
def test_no_character_set_breaks_the_service(db: None, charset: str, kind: str) -> None:
    for path in ("/health/live/?a=1", "/nothing/?a=%ff", "/?a=%c3%a9"):
        for form in (f"{kind}; charset={charset}", f"{kind};a=b;CHARSET = {charset};c=d"):
            assert status_of(path, form) < 500
    assert status_of("/health/live/?a=1", kind) < 500


@pytest.mark.parametrize(
    ("sent", "seen"),
    [
        ("text/plain; charset=base64", "text/plain"),
        ("multipart/form-data; boundary=x; charset=base64", "multipart/form-data; boundary=x"),
        ("multipart/form-data; charset=base64; boundary=x", "multipart/form-data; boundary=x"),
        ("application/json", "application/json"),
        ("", ""),
    ],
)
def test_the_rest_of_the_header_stays(sent: str, seen: str) -> None:
    found: list[Any] = []

    def plain(environ: dict[str, Any], _: object) -> list[bytes]:
        found.append(environ["CONTENT_TYPE"])
        return []

    async def asynchronous(scope: dict[str, Any], *_: object) -> None:
        found.append(dict(scope["headers"])[b"content-type"].decode())

    utf_8_only(plain)({"CONTENT_TYPE": sent}, print)
    scope = {"headers": [(b"host", b"testserver"), (b"content-type", sent.encode())]}
    asyncio.run(utf_8_only_async(asynchronous)(scope, None, None))  # type: ignore[arg-type]  # a coroutine

    assert found == [seen, seen]


def test_a_connection_without_headers_is_passed_on() -> None:
    found: list[Any] = []

    async def asynchronous(scope: dict[str, Any], *_: object) -> None:
        found.append(scope)

    asyncio.run(utf_8_only_async(asynchronous)({"type": "lifespan"}, None, None))  # type: ignore[arg-type]  # a coroutine

    assert found == [{"type": "lifespan", "headers": []}]
