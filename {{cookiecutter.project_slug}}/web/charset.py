"""Wrappers of the application that make Django decode every request as UTF-8.

Django decodes a request with the charset that its Content-Type names, before any middleware runs.
Python accepts codecs there that are no character sets, such as `base64`. The wrappers therefore
remove the charset before Django reads the request.
"""

import re
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

_CHARSET = re.compile(r';\s*charset\s*=\s*(?:"[^"]*"?|[^;]*)', re.IGNORECASE)

Wsgi = Callable[..., Iterable[bytes]]
Asgi = Callable[..., Awaitable[None]]


def utf_8_only(application: Wsgi) -> Wsgi:
    """Return a WSGI application that removes the charset from each request (PEP 3333)."""

    def wrapper(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        environ["CONTENT_TYPE"] = _CHARSET.sub("", environ.get("CONTENT_TYPE", ""))
        return application(environ, start_response)

    return wrapper


def utf_8_only_async(application: Asgi) -> Asgi:
    """Return an ASGI application that removes the charset from each request."""

    async def wrapper(scope: dict[str, Any], receive: object, send: object) -> None:
        headers = [
            (name, _CHARSET.sub("", value.decode("latin-1")).encode("latin-1"))
            if name == b"content-type"
            else (name, value)
            for name, value in scope.get("headers", [])
        ]
        await application({**scope, "headers": headers}, receive, send)

    return wrapper
