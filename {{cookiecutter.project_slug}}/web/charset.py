"""Requests are read as UTF-8, whatever character set their Content-Type names.

Python knows names that are of no character set, such as `base64`, and Django reads by them before
any middleware has a say. So the name is taken off before Django sees the request.
"""

import re
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

_NAMED = re.compile(r';\s*charset\s*=\s*(?:"[^"]*"?|[^;]*)', re.IGNORECASE)

Wsgi = Callable[..., Iterable[bytes]]
Asgi = Callable[..., Awaitable[None]]


def utf_8_only(application: Wsgi) -> Wsgi:
    """Return a WSGI application that passes requests on without that name (PEP 3333)."""

    def passed_on(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        environ["CONTENT_TYPE"] = _NAMED.sub("", environ.get("CONTENT_TYPE", ""))
        return application(environ, start_response)

    return passed_on


def utf_8_only_async(application: Asgi) -> Asgi:
    """Return an ASGI application that passes requests on without that name."""

    async def passed_on(scope: dict[str, Any], receive: object, send: object) -> None:
        headers = [
            (name, _NAMED.sub("", value.decode("latin-1")).encode("latin-1"))
            if name == b"content-type"
            else (name, value)
            for name, value in scope.get("headers", [])
        ]
        await application({**scope, "headers": headers}, receive, send)

    return passed_on
