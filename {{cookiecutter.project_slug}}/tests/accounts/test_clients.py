"""Clients: their IP addresses, what trusted proxies say about them, and their devices."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from pytest_django import Settings

from accounts.user_agents import UNKNOWN, describe_device
from web.client_info import get_client_info
from web.proxy_headers import ProxyHeadersMiddleware

SECURITY_TXT = "/.well-known/security.txt"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15"
CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0"


def respond(request: HttpRequest) -> HttpResponse:
    names = ("X-Forwarded-For", "X-Forwarded-Proto")
    return HttpResponse(" ".join(request.headers.get(name, "-") for name in names))


@pytest.mark.parametrize(
    ("proxies", "networks", "peer", "trusted"),
    [
        (0, None, "127.0.0.1", False),
        *((1, None, peer, True) for peer in ("127.0.0.1", "::1", "10.1.2.3", "fd00::1")),
        (1, None, "::ffff:10.1.2.3", True),
        (1, None, "::ffff:11.1.2.3", False),
        *((1, None, peer, False) for peer in ("nobody", "198.51.100.1", "2001:db8::1")),
        # A socket in the file system.
        (1, None, "", True),
        (1, ["10.0.0.7/32"], "10.0.0.7", True),
        (1, ["10.0.0.7/32"], "10.0.0.8", False),
    ],
)
def test_headers_of_trusted_proxies_only_are_kept(
    settings: Settings, proxies: int, networks: list[str] | None, peer: str, trusted: bool
) -> None:
    settings.TRUSTED_PROXY_COUNT = proxies
    if networks:
        settings.TRUSTED_PROXY_NETWORKS = networks
    headers = {"X-Forwarded-For": "192.0.2.7", "X-Forwarded-Proto": "https"}
    request = RequestFactory().get("/", headers=headers, REMOTE_ADDR=peer)

    response = ProxyHeadersMiddleware(respond)(request)

    assert response.content == (b"192.0.2.7 https" if trusted else b"- -")


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


def test_request_line_with_another_host_is_refused(client: Client) -> None:
    for host, status in (("http://testserver", 200), ("http://other", 400), ("//other", 400)):
        response = client.get(
            SECURITY_TXT, headers={"Host": "testserver"}, RAW_URI=f"{host}{SECURITY_TXT}"
        )
        assert response.status_code == status
        assert b"other" not in response.content
    assert client.post(SECURITY_TXT).status_code == 405


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, None, "192.0.2.1"),
        (0, "203.0.113.9", "192.0.2.1"),
        (1, "6.6.6.6, 203.0.113.9", "203.0.113.9"),
        (2, "6.6.6.6, 203.0.113.9, 10.0.0.1", "203.0.113.9"),
        (2, "203.0.113.9", "192.0.2.1"),
        (1, "2001:DB8::1", "2001:db8::1"),
        (1, "203.0.113.9:4711", "203.0.113.9"),
        (1, "[2001:db8::1]:4711", "2001:db8::1"),
        (1, "[2001:db8::1]", "2001:db8::1"),
        (1, "::ffff:203.0.113.9", "203.0.113.9"),
        (1, "fe80::1%eth0", "fe80::1"),
        *((1, forwarded, None) for forwarded in ("<script>", "203.0.113.9/8", "1:2", "")),
    ],
)
def test_ip_address_is_the_one_that_trusted_proxies_name(
    settings: Settings, proxies: int, forwarded: str | None, address: str | None
) -> None:
    settings.TRUSTED_PROXY_COUNT = proxies
    headers = {"x-forwarded-for": forwarded} if forwarded else {}
    request = RequestFactory().get("/", headers=headers, REMOTE_ADDR="192.0.2.1")
    assert get_client_info(request).ip_address == address


def test_user_agent_is_cut_and_cleaned() -> None:
    request = RequestFactory().get("/", headers={"user-agent": "a\x00b\n" + "x" * 999})
    assert get_client_info(request).user_agent == "ab" + "x" * 254


@pytest.mark.parametrize(
    ("user_agent", "device"),
    [
        (f"{WINDOWS} {CHROME} Safari/537.36", "Chrome on Windows"),
        (f"{WINDOWS} {CHROME} Safari/537.36 Edg/140.0.0.0", "Edge on Windows"),
        (f"{WINDOWS} {CHROME} Safari/537.36 OPR/124.0.0.0", "Opera on Windows"),
        (f"Mozilla/5.0 (Linux; Android 10; K) {CHROME} Mobile", "Chrome on Android"),
        (f"Android SamsungBrowser/28.0 {CHROME} Safari/537.36", "Samsung Internet on Android"),
        ("Mozilla/5.0 (Macintosh) Version/18.6 Safari/605.1.15", "Safari on macOS"),
        (f"{IPHONE} Version/18.6 Mobile Safari/604.1", "Safari on iPhone"),
        (f"{IPHONE} CriOS/140.0 Mobile Safari/604.1", "Chrome on iPhone"),
        (f"{IPHONE} FxiOS/143.0 Mobile Safari/605.1", "Firefox on iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Firefox/143.0", "Firefox on Linux"),
        (f"Mozilla/5.0 (X11; CrOS x86_64) {CHROME} Safari/537.36", "Chrome on ChromeOS"),
        ("okhttp/5.1.0", "Android app"),
        ("Shop/3 CFNetwork/1568.100.1 Darwin/24.0.0", "Apple app"),
        ("curl/8.15.0", "curl"),
        ("python-requests/2.32.5", "Python program"),
        (WINDOWS, "Windows"),
        *((unknown, UNKNOWN) for unknown in ("", "\x00 nonsense <script>")),
    ],
)
def test_device_is_named_by_its_user_agent(user_agent: str, device: str) -> None:
    assert describe_device(user_agent) == device
