"""Middleware that trusts forwarded headers only from our own proxies."""

from collections.abc import Callable
from ipaddress import ip_network

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from web.client_info import get_ip_address, parse_ip_address

# gunicorn sets the scheme of requests from this machine to HTTPS if one of these headers does.
_SCHEME_HEADERS = (
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_FORWARDED_PROTOCOL",
    "HTTP_X_FORWARDED_SSL",
)
_PROXY_HEADERS = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_REQUEST_ID")


class ProxyHeadersMiddleware:
    """Middleware that drops forwarded headers from clients that bypass the proxies (ASVS 4.1.3).

    Headers are trusted if `TRUSTED_PROXY_COUNT` is not zero and the IP address of the peer is in
    `TRUSTED_PROXY_NETWORKS`.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.networks = [ip_network(network) for network in settings.TRUSTED_PROXY_NETWORKS]

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if any(name in request.META for name in _SCHEME_HEADERS):
            # Django decides by SECURE_PROXY_SSL_HEADER, if a proxy sent that header.
            request.META["wsgi.url_scheme"] = "http"
        if not settings.TRUSTED_PROXY_COUNT or not self._is_proxy(request.META["REMOTE_ADDR"]):
            for name in _PROXY_HEADERS:
                request.META.pop(name, None)
        # Every log line of the request names the client.
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(ip_address=get_ip_address(request))
        return self.get_response(request)

    def _is_proxy(self, peer: str) -> bool:
        # A peer without an IP address is connected by a Unix socket, so it is on this machine.
        address = parse_ip_address(peer)
        return not peer or any(address and address in network for network in self.networks)
