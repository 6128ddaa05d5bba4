"""What a proxy says is believed of a proxy."""

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


def test_the_networks_can_be_narrowed(settings: Settings) -> None:
    settings.TRUSTED_PROXY_COUNT = 1
    settings.TRUSTED_PROXY_NETWORKS = ["10.0.0.7/32"]
    for peer, believed in (("10.0.0.7", True), ("10.0.0.8", False)):
        request = RequestFactory().get("/", headers={"X-Forwarded-Proto": "x"}, REMOTE_ADDR=peer)
        assert (b"x" in ProxyHeadersMiddleware(told)(request).content) is believed


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("/health/live/", 200),
        ("http://testserver/health/live/", 200),
        ("http://other/health/live/", 400),
        ("//other/health/live/", 400),
    ],
)
def test_the_first_line_names_no_other_host(client: Client, target: str, status: int) -> None:
    response = client.get("/health/live/", headers={"Host": "testserver"}, RAW_URI=target)

    assert response.status_code == status
    assert b"other" not in response.content


def test_whom_to_tell_of_a_hole(client: Client) -> None:
    response = client.get("/.well-known/security.txt")

    assert response["Content-Type"] == "text/plain; charset=utf-8"
    lines = response.content.decode().splitlines()
    assert [line.partition(":")[0] for line in lines] == ["Contact", "Expires", "Canonical"]
    assert client.post("/.well-known/security.txt").status_code == 405


def test_the_log_of_django_names_routes_too(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    client.get("/reset/secret/secret/")
    client.post("/health/live/")
    for record in caplog.records:
        assert RoutesForPaths().filter(record)

    text = "\n".join(record.getMessage() for record in caplog.records)
    assert "Not Found: /?" in text
    assert "Method Not Allowed (POST): /health/live/" in text
    assert "secret" not in text
