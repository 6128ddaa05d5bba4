"""Headers of requests, in more forms than anyone would write down."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from pytest_django import Settings

from web.client_info import get_client_info
from web.cookies import drop_forged_cookies
from web.proxy_headers import ProxyHeadersMiddleware


def respond(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


@pytest.mark.parametrize(
    ("proxies", "headers", "by_server", "secure"),
    [
        (0, {"X-Forwarded-Ssl": "on"}, True, False),
        (0, {"X-Forwarded-Protocol": "ssl"}, True, False),
        (1, {"X-Forwarded-Protocol": "ssl"}, True, False),
        (1, {"X-Forwarded-Proto": "http", "X-Forwarded-Ssl": "on"}, True, False),
        (0, {}, True, True),
        (1, {"X-Forwarded-Proto": "https"}, False, True),
    ],
)
def test_scheme_is_that_of_the_connection_or_of_a_trusted_proxy(
    settings: Settings, proxies: int, headers: dict[str, str], by_server: bool, secure: bool
) -> None:
    """E04: gunicorn on its own trusts this machine and three headers."""
    settings.TRUSTED_PROXY_COUNT = proxies
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if proxies else None
    request = RequestFactory().get("/", headers=headers, secure=by_server)

    ProxyHeadersMiddleware(respond)(request)

    assert request.is_secure() is secure


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
    request = RequestFactory().get("/", HTTP_COOKIE=header.encode().decode("latin-1"))

    drop_forged_cookies(respond)(request)

    assert request.COOKIES == {}


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (1, "2001:DB8::1", "2001:db8::1"),
        (1, "[2001:db8::1]:4711", "2001:db8::1"),
        (1, "[2001:db8::1]", "2001:db8::1"),
        (1, "::ffff:203.0.113.9", "203.0.113.9"),
        (1, "fe80::1%eth0", "fe80::1"),
        *((1, forwarded, None) for forwarded in ("203.0.113.9/8", "1:2")),
    ],
)
def test_ip_address_has_one_form(
    settings: Settings, proxies: int, forwarded: str, address: str | None
) -> None:
    settings.TRUSTED_PROXY_COUNT = proxies
    headers = {"x-forwarded-for": forwarded}
    request = RequestFactory().get("/", headers=headers, REMOTE_ADDR="192.0.2.1")
    assert get_client_info(request).ip_address == address


def test_nul_is_refused_and_its_escape_is_not(client: Client, db: None) -> None:
    assert client.get("/health/live/?q=%00").status_code == 400
    assert client.get("/health/live/?q=%2500").status_code == 200
