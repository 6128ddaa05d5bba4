"""Middleware that drops cookies whose names browsers and Django read differently."""

import re
from collections import Counter
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

# A token (RFC 6265 section 4.1.1, RFC 9110 section 5.6.2).
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_PREFIXES = ("__Host-", "__Secure-")


def drop_forged_cookies(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Return middleware that drops cookies a sibling host may have set for this one.

    Django strips Unicode spaces from names, so a name that does not start with `__Host-` for the
    browser can start with it for Django. Of two cookies with the same name, Django takes the last.
    This middleware keeps a cookie only if its name is a token. A cookie with a prefix must also be
    the only one with its name (RFC 6265bis section 4.1.3).
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if "HTTP_COOKIE" in request.META:
            request.META["HTTP_COOKIE"] = "; ".join(_unforged(request.META["HTTP_COOKIE"]))
        return get_response(request)

    return middleware


def _unforged(header: str) -> list[str]:
    pairs = [chunk.strip(" \t") for chunk in header.split(";") if "=" in chunk]
    names = [pair.partition("=")[0].rstrip(" \t") for pair in pairs]
    count = Counter(names)
    return [
        pair
        for name, pair in zip(names, pairs, strict=True)
        if _NAME.fullmatch(name) and (count[name] == 1 or not name.startswith(_PREFIXES))
    ]
