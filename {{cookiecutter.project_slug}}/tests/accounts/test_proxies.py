"""What a proxy says is believed of a proxy."""

from urllib.parse import quote

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from pytest_django import Settings

from monitoring.request_log import RoutesForPaths
from web.proxy_headers import ProxyHeadersMiddleware


def told(request: HttpRequest) -> HttpResponse:
    names = ("X-Forwarded-For", "X-Forwarded-Proto")
    return HttpResponse(" ".join(request.headers.get(name, "-") for name in names))


@pytest.mark.parametrize(
    ("proxies", "peer", "believed"),
    [
        (0, "127.0.0.1", False),
        (1, "127.0.0.1", True),
        (1, "::1", True),
        (1, "10.1.2.3", True),
        (1, "192.168.1.1", True),
        (1, "fd00::1", True),
        (1, "::ffff:10.1.2.3", True),
        (1, "::ffff:11.1.2.3", False),
        (1, "nobody", False),
        (1, "198.51.100.1", False),
        (1, "2001:db8::1", False),
        (1, "11.0.0.1", False),
        # A socket in the file system.
        (1, "", True),
    ],
)
def test_who_is_a_proxy(settings: Settings, proxies: int, peer: str, believed: bool) -> None:
    settings.TRUSTED_PROXY_COUNT = proxies
    headers = {"X-Forwarded-For": "192.0.2.7", "X-Forwarded-Proto": "https"}
    request = RequestFactory().get("/", headers=headers, REMOTE_ADDR=peer)

    answer = ProxyHeadersMiddleware(told)(request).content

    assert answer == (b"192.0.2.7 https" if believed else b"- -")


@pytest.mark.parametrize("proxies", [0, 1])
@pytest.mark.parametrize(
    "header",
    [
        {"X-Forwarded-Ssl": "on"},
        {"X-Forwarded-Protocol": "ssl"},
        {"X-Forwarded-Proto": "http", "X-Forwarded-Ssl": "on"},
    ],
)
def test_scheme_that_the_server_took_from_a_header_does_not_count(
    settings: Settings, proxies: int, header: dict[str, str]
) -> None:
    """E04: gunicorn on its own trusts this machine and three headers."""
    settings.TRUSTED_PROXY_COUNT = proxies
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if proxies else None
    request = RequestFactory().get("/", headers=header, secure=True)

    ProxyHeadersMiddleware(told)(request)

    assert not request.is_secure()


def test_scheme_of_the_connection_itself_counts(settings: Settings) -> None:
    """E04: a server that ends TLS itself."""
    settings.SECURE_PROXY_SSL_HEADER = None
    request = RequestFactory().get("/", secure=True)
    ProxyHeadersMiddleware(told)(request)
    assert request.is_secure()

    settings.TRUSTED_PROXY_COUNT = 1
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    request = RequestFactory().get("/", headers={"X-Forwarded-Proto": "https"})
    ProxyHeadersMiddleware(told)(request)
    assert request.is_secure()


def test_the_networks_can_be_narrowed(settings: Settings) -> None:
    settings.TRUSTED_PROXY_COUNT = 1
    settings.TRUSTED_PROXY_NETWORKS = ["10.0.0.7/32"]
    for peer, believed in (("10.0.0.7", True), ("10.0.0.8", False)):
        request = RequestFactory().get("/", headers={"X-Forwarded-Proto": "x"}, REMOTE_ADDR=peer)
        assert (b"x" in ProxyHeadersMiddleware(told)(request).content) is believed


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("/.well-known/security.txt", 200),
        ("http://testserver/.well-known/security.txt", 200),
        ("http://other/.well-known/security.txt", 400),
        ("//other/.well-known/security.txt", 400),
    ],
)
def test_the_first_line_names_no_other_host(client: Client, target: str, status: int) -> None:
    path = "/.well-known/security.txt"
    response = client.get(path, headers={"Host": "testserver"}, RAW_URI=target)

    assert response.status_code == status
    assert b"other" not in response.content


def test_whom_to_tell_of_a_hole(client: Client) -> None:
    response = client.get("/.well-known/security.txt")

    assert response["Content-Type"] == "text/plain; charset=utf-8"
    lines = response.content.decode().splitlines()
    assert [line.partition(":")[0] for line in lines] == ["Contact", "Expires", "Canonical"]
    assert client.post("/.well-known/security.txt").status_code == 405


@pytest.mark.parametrize("end", ["", "\N{RIGHT DOUBLE QUOTATION MARK}", "\0", "\n", "\\"])
def test_the_log_of_django_names_routes_too(
    client: Client, caplog: pytest.LogCaptureFixture, end: str
) -> None:
    """E15: also if the link is followed by a character that Django escapes in its log."""
    client.get("/reset/secret/secret/")
    client.get(f"/reset/secret/secret{quote(end)}")
    client.post("/health/live/")
    for record in caplog.records:
        assert RoutesForPaths().filter(record)

    text = "\n".join(record.getMessage() for record in caplog.records)
    assert "Not Found: /?" in text
    assert "Method Not Allowed (POST): /health/live/" in text
    assert "secret" not in text
