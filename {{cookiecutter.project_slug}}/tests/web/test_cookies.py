"""Cookies whose names browsers and Django read differently."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from web.cookies import drop_forged_cookies


def cookies_of(**headers: str) -> dict[str, str]:
    """Return the cookies that views get for a header in UTF-8."""
    seen: list[HttpRequest] = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(request)
        return HttpResponse()

    request = RequestFactory().get("/")
    request.META.pop("HTTP_COOKIE", None)
    for name, value in headers.items():
        request.META[name] = value.encode().decode("latin-1")
    drop_forged_cookies(view)(request)
    return dict(seen[0].COOKIES)


@pytest.mark.parametrize(
    "header",
    [
        *(f"{space}__Host-a=1" for space in ("\u2000", "\xa0", "\x85", "\x1f", "\v")),
        *("__Host-a\u2028=1", "__Host-a\x1c=1", "__Host-a", "=__Host-a", ";;;", "", "a b=1"),
        *('a"=1', "é=1", "__Host-a=1; __Host-a=2", "__Secure-a=1; b; __Secure-a =2"),
    ],
    ids=ascii,
)
def test_cookie_with_a_forged_name_is_dropped(header: str) -> None:
    """E01: Django strips Unicode spaces, behind which browsers see no `__Host-`."""
    assert cookies_of(HTTP_COOKIE=header) == {}


def test_cookie_with_an_honest_name_is_kept() -> None:
    """E01: the honest requests, with the spaces that HTTP allows."""
    expected = {"__Host-a": "1", "b": "x=y", "c": "3", "d": "é"}
    assert cookies_of(HTTP_COOKIE="__Host-a=1; b=x=y;\tc = 3;d=\u2000é") == expected
    assert cookies_of(HTTP_COOKIE="a=1; a=2") == {"a": "2"}
    assert cookies_of() == {}
