"""Requests: proxies, hosts, clients, languages, cookies, encodings and JSON."""

import asyncio
from unittest.mock import AsyncMock, Mock

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils import translation
from pytest_django import Settings

from web import strict_json
from web.charset import utf_8_only, utf_8_only_async
from web.client_info import get_client_info
from web.cookies import drop_forged_cookies
from web.proxy_headers import ProxyHeadersMiddleware

# Outside of the API and the pages, so that every project has it.
SECURITY_TXT = "/.well-known/security.txt"


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
    request = RequestFactory().get("/", secure=True, headers=headers, REMOTE_ADDR=peer)

    response = ProxyHeadersMiddleware(respond)(request)

    assert response.content == (b"192.0.2.7 https" if trusted else b"- -")
    # What a server such as gunicorn concludes from these headers does not count.
    assert request.META["wsgi.url_scheme"] == "http"


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
        (1, "203.0.113.9:4711", "203.0.113.9"),
        (1, "[2001:db8::1]:4711", "2001:db8::1"),
        *((1, forwarded, None) for forwarded in ("<script>", "")),
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
    ("headers", "language"),
    [
        ({}, ""),
        ({"Accept-Language": "de-AT, en;q=0.5"}, "de"),
        ({"Accept-Language": "tlh, en"}, "en"),
        ({"Cookie": "django_language=de"}, "de"),
    ],
)
def test_client_and_response_have_the_language_that_is_asked_for(
    rf: RequestFactory, settings: Settings, headers: dict[str, str], language: str
) -> None:
    settings.LANGUAGES = [("en", "English"), ("de", "Deutsch")]
    assert get_client_info(rf.get("/", headers=headers)).language == language

    response = Client().get(SECURITY_TXT, headers=headers)

    assert response["Content-Language"] == (language or "en")
    assert "Accept-Language" in response["Vary"]
    assert translation.get_language() == "en"


def cookies_of(**headers: str) -> dict[str, str]:
    """Return the cookies that views get for a header in UTF-8."""
    request = RequestFactory().get("/")
    del request.META["HTTP_COOKIE"]
    request.META |= {name: value.encode().decode("latin-1") for name, value in headers.items()}
    drop_forged_cookies(respond)(request)
    return dict(request.COOKIES)


def test_cookie_with_a_forged_name_is_dropped_and_others_are_kept() -> None:
    """E01: Django strips Unicode spaces, behind which browsers see no `__Host-`."""
    assert cookies_of(HTTP_COOKIE="\u2000__Host-a=1; __Secure-a=1; __Secure-a=2") == {}
    expected = {"__Host-a": "1", "b": "x=y", "c": "3", "d": "é"}
    assert cookies_of(HTTP_COOKIE="__Host-a=1; b=x=y;\tc = 3;d=\u2000é") == expected
    assert cookies_of(HTTP_COOKIE="a=1; a=2") == {"a": "2"}
    assert cookies_of() == {}


@pytest.mark.parametrize(
    ("sent", "seen"),
    [
        ("text/plain; charset=base64", "text/plain"),
        ("text/plain;CHARSET = base64", "text/plain"),
        ("multipart/form-data; boundary=x; charset=base64", "multipart/form-data; boundary=x"),
        ("multipart/form-data; charset=base64; boundary=x", "multipart/form-data; boundary=x"),
        ("application/json", "application/json"),
        ("", ""),
    ],
)
def test_only_the_character_set_is_removed_from_the_content_type(sent: str, seen: str) -> None:
    plain, asynchronous, headers = Mock(), AsyncMock(), [(b"host", b"testserver")]

    utf_8_only(plain)({"CONTENT_TYPE": sent}, print)
    scope = {"headers": [*headers, (b"content-type", sent.encode())]}
    asyncio.run(utf_8_only_async(asynchronous)(scope, None, None))  # type: ignore[arg-type]  # a coroutine

    assert plain.call_args.args[0] == {"CONTENT_TYPE": seen}
    assert asynchronous.call_args.args[0] == {
        "headers": [*headers, (b"content-type", seen.encode())]
    }


@pytest.mark.parametrize(
    "text",
    [b'{"a": 1, "a": 2}', b'{"a": NaN}', b"[-Infinity]", b"[1e400]", b"\xff", b"[" * 100_000],
    ids=["name twice", "nan", "infinity", "overflow", "encoding", "nesting"],
)
def test_json_with_two_meanings_is_rejected(text: bytes) -> None:
    assert strict_json.loads(b'{"price": 1.5, "names": ["a"]}') == {"price": 1.5, "names": ["a"]}
    with pytest.raises(ValueError, match=r"."):
        strict_json.loads(text)
